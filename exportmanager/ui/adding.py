"""The Add course dialog: what to get, what you have, and a check of what it means; then it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QStackedWidget, QWidget

from exportmanager.core.arrivals import LEAVE_OUT, NEW, Choice, Plan
from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.looking import Brought, Wish
from exportmanager.library.listing import CourseSummary
from exportmanager.ui.adding_asking import Asking
from exportmanager.ui.adding_check import CheckPage
from exportmanager.ui.adding_checklist import Checklist
from exportmanager.ui.adding_course import time_zones
from exportmanager.ui.adding_pieces import Pieces, name_of
from exportmanager.ui.adding_words import short, things
from exportmanager.ui.kit import STEP, Text, button, column, line, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import counted, tr

_BRING, _CHECK = range(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """With what the dialog begins: things that were brought, a course that is not asked for, or what was chosen before.

    `is_again`: `wish` and `time_zone` are those of a dialog before this one.
    """

    things: tuple[Brought, ...] = ()
    course: Choice | None = None
    wish: Wish = field(default_factory=Wish)
    time_zone: str = ""
    is_again: bool = False
    folder: str = ""


class AddDialog(QDialog):
    """Asks for everything an import needs to know. Shown with `open()`; accepted, `looking` is ready to be taken in."""

    def __init__(self, desk: Desk, beginning: Beginning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self._desk, self._beginning = desk, beginning
        self.asking = Asking(beginning.folder, self)
        self.looking = desk.begin_looking()
        self._trouble = ""
        self._fixed = beginning.course
        title = tr("Add to {course}", course=short(self._fixed.words, 60)) if self._fixed else tr("Add course")
        self.setWindowTitle(title)
        self.checklist = Checklist()
        self.pieces = Pieces(self.looking)
        self.check = CheckPage(self._fixed)
        self.pages = QStackedWidget()
        self.step = Text(colour="muted")
        self.says = Says("info")
        self.back_button = button(tr("Back"), self.back, icon="back", about=tr("to what you have"))
        self.next_button = button(tr("Next"), self.go_on, about=tr("to the check"), is_default=True)
        self.import_button = button(tr("Import"), self.bring_in, icon="add", about=tr("all that was added"))
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without adding"))
        self._arrange()
        self._connect()
        self._begin()

    # How it looks

    def _arrange(self) -> None:
        bring = QWidget()
        across = row(spacing=3 * STEP)
        across.addWidget(self.checklist, 2)
        across.addWidget(self.pieces, 3)
        bring.setLayout(across)
        for page in (bring, self.check):
            self.pages.addWidget(page)
        box = QDialogButtonBox()
        box.addButton(self.next_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        last = row(self.back_button)
        last.addStretch(1)
        last.addWidget(box)
        layout = column(self.step, margin=2 * STEP)
        layout.addWidget(self.pages, 1)
        layout.addWidget(line())
        layout.addWidget(self.says)
        layout.addLayout(last)
        self.setLayout(layout)
        self.says.setAccessibleName(tr("What will happen"))
        self.resize(1020, 700)

    def _connect(self) -> None:
        self.pieces.asked_files.connect(self.asking.for_files)
        self.pieces.asked_folder.connect(self.asking.for_folder)
        self.pieces.asked_git.connect(self.asking.for_repository)
        self.asking.brought.connect(self._bring)
        self.looking.planned.connect(self._planned)
        self.looking.changed.connect(self._look)
        self.looking.went_wrong.connect(self._went_wrong)
        self.check.changed.connect(self._course_chosen)
        self.check.settled.connect(self._settle)

    def _begin(self) -> None:
        beginning = self._beginning
        if beginning.is_again and self._fixed is None:
            self.check.course.begin_with(beginning.wish.course, beginning.wish.title, beginning.time_zone)
        self.looking.want(self._wish(beginning.wish.settled))
        program = self._desk.program
        self._desk.background.ask(self, program.library.courses, self._courses_came)
        self._desk.background.ask(self, time_zones, self.check.course.offer_zones)
        if self._fixed is not None:
            holdings = partial(program.holdings, CourseId(self._fixed.value))
            self._desk.background.ask(self, holdings, self.checklist.show_holdings)
        self.bring(*beginning.things)
        self._show_page(_BRING)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where something is brought, in a window that its screen has room for."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        self.resize(min(self.width(), room.width() - 2 * STEP), min(self.height(), room.height() - 6 * STEP))
        self.pieces.files_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _courses_came(self, courses: Sequence[CourseSummary]) -> None:
        self.check.course.offer([Choice(found.info.id, found.info.title) for found in courses])
        self._look()

    # Bringing

    def bring(self, *brought: Brought) -> None:
        """Look at these."""
        if not self.check.course.is_by_hand:  # what comes may belong to another course than what is here
            self.looking.want(self._wish(self.looking.wish.settled, is_open=True))
        self._trouble = ""
        self.looking.bring(*brought)

    def _bring(self, brought: Sequence[Brought]) -> None:
        self.bring(*brought)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        self.bring(*(Brought(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))
        self._show_page(_BRING)
        event.acceptProposedAction()

    # Settling

    def _wish(self, settled: Mapping[str, str], *, is_open: bool = False) -> Wish:
        """What the teacher wants by now; `is_open`: for whichever course it is, so that one can be proposed."""
        chosen = self.check.chosen
        return Wish(None if is_open and self._fixed is None else chosen.course, chosen.title, settled)

    def _course_chosen(self) -> None:
        """Answers that name somebody of another course are no answers for this one."""
        wish = self.looking.wish
        settled = wish.settled
        if self.check.chosen.course != wish.course:
            settled = {key: answer for key, answer in settled.items() if answer in {NEW, LEAVE_OUT}}
        self.looking.want(self._wish(settled))
        self._look()

    def _settle(self, keys: Sequence[str], answer: str | None) -> None:
        settled = {key: value for key, value in self.looking.wish.settled.items() if key not in keys}
        if answer is not None:
            settled |= dict.fromkeys(keys, answer)
        self.looking.want(self._wish(settled))

    def _planned(self, plan: Plan) -> None:
        self._trouble = ""
        self.check.show_plan(plan, is_whole=not self.looking.waiting)
        self._look()

    def _went_wrong(self, error: Exception) -> None:
        if isinstance(error, ProblemForTeacher):
            self._trouble = f"{tr(error.what)} {tr(error.next_step)}".strip()
        else:
            self._trouble = tr("Something in this program went wrong while it looked at this.")
            self._desk.went_wrong.emit(error)
        self._look()

    # What can be done now

    def _look(self) -> None:
        self.checklist.show_brought(self.pieces.kinds)
        is_check = self.pages.currentIndex() == _CHECK
        reason = self._reason_not_to_go_on() or (self._reason_not_to_import() if is_check else "")
        self.next_button.setEnabled(not reason)
        self.import_button.setEnabled(not reason)
        words, before = reason or self._what_will_come(), self.says.text()
        self.says.say(words, "problem" if reason and (is_check or self._trouble) else "info")
        if words != before:
            self.says.announce()

    def _reason_not_to_go_on(self) -> str:
        """Why there is nothing to check yet; "" where there is."""
        plan = self.looking.plan
        if self._trouble:
            return self._trouble
        if self.looking.now is not None:
            return tr("You can go on when everything has been looked at.")
        if plan is None or not plan.pieces:
            return tr("Add what you have downloaded, or drop it anywhere here; the rest can come later.")
        if not plan.holds_anything:
            return tr("Nothing of this can come in.")
        return tr("You can go on in a moment.") if self.looking.is_busy else ""

    def _reason_not_to_import(self) -> str:
        """What has to be settled first; "" where nothing has."""
        assert self.looking.plan is not None, "else nobody could have gone on"
        if problem := self.check.chosen.problem:
            return problem
        count = len(self.looking.plan.open)
        return counted(count, "1 name is still to be settled, or left out.",
                       "%Ln names are still to be settled, or left out.") if count else ""  # fmt: skip

    def _what_will_come(self) -> str:
        assert self.looking.plan is not None, "it was asked whether there is something"
        found = things(self.looking.plan.counts)
        return tr("What was found: {things}.", things=found) if found else tr("It is ready to come in.")

    # From page to page

    def _show_page(self, number: int) -> None:
        is_check = number == _CHECK
        self.pages.setCurrentIndex(number)
        self.step.setText(
            tr("Step 2 of 2: check what it means") if is_check else tr("Step 1 of 2: get it, and add what you have")
        )
        self.back_button.setVisible(is_check)
        self.next_button.setVisible(not is_check)
        self.import_button.setVisible(is_check)
        (self.import_button if is_check else self.next_button).setDefault(True)
        self._look()

    def go_on(self) -> None:
        """To the check."""
        if self.next_button.isEnabled():
            self._show_page(_CHECK)
            if not self.check.enter():
                self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """To what was brought."""
        self._show_page(_BRING)
        self.pieces.files_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def bring_in(self) -> None:
        """Close, with everything settled."""
        if self.import_button.isEnabled() and not self.check.chosen.problem:  # a title was taken away a moment ago
            self.looking.call(self.check.chosen.title)
            self.accept()

    @property
    def name(self) -> str:
        """What is brought in, for a bar: the course, or what was brought."""
        if self._fixed is not None:
            return short(self._fixed.words, 60)
        names = [name_of(thing) for thing in self.looking.brought]
        return self.check.chosen.title or (names[0] if names else "")

    def as_it_stands(self) -> Beginning:
        """With what another dialog could go on."""
        return Beginning(
            things=self.looking.brought,
            course=self._fixed,
            wish=self.looking.wish,
            time_zone=self.check.course.time_zone,
            is_again=True,
            folder=self.asking.folder,
        )
