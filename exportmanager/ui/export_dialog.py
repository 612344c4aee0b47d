"""The one dialog for all kinds of export, made from their options: what to export, and what will come of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFrame, QScrollArea, QTabWidget, QWidget

from exportmanager.core.course import AssignmentId, Blueprint, Role, StudentId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.options import FieldKind, Options, checked, faults, fields_of
from exportmanager.core.overview import AssignmentOverview, StudentOverview
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.program import Program
from exportmanager.ui.blueprint_words import length_of, page_of
from exportmanager.ui.course_words import in_sentence
from exportmanager.ui.forecast import Forecast, Foreseeing, foresee, in_words
from exportmanager.ui.inputs import Choices
from exportmanager.ui.job_words import DOT, notes_in_words
from exportmanager.ui.kit import STEP, Elided, Text, button, column, line, named, row
from exportmanager.ui.options_form import OptionsForm
from exportmanager.ui.past_exports import PastExports
from exportmanager.ui.preview import PreviewPage
from exportmanager.ui.says import Says
from exportmanager.ui.tick_rows import Tickable
from exportmanager.ui.words import counted, number, tr


def choices_of(sight: CourseSight) -> Choices:
    """What of a course can be ticked: its assignments, its students without the teachers, its blueprints."""
    learners = [person for person in sight.overview.students if person.student.role is Role.STUDENT]
    return Choices(
        tuple(map(_assignment, sight.overview.assignments)),
        tuple(map(_student, learners)),
        tuple(map(_blueprint, sight.blueprints)),
    )


def _assignment(of: AssignmentOverview) -> Tickable:
    title = f"{of.module} / {of.assignment.title}" if of.module else of.assignment.title
    if of.answered:
        note = tr("{number} answered", number=number(of.answered))
    else:
        note = counted(of.workspaces, "1 workspace", "%Ln workspaces") if of.workspaces else tr("no answers yet")
    return Tickable(of.assignment.id, title, note)


def _student(of: StudentOverview) -> Tickable:
    who = of.student.username if of.student.username != of.student.name else ""  # names need not tell people apart
    if of.inactive_days is None:
        return Tickable(of.student.id, of.student.name, who)
    days = counted(of.inactive_days, "1 day", "%Ln days")
    inactive = tr("inactive for {days}", days=days)
    return Tickable(of.student.id, of.student.name, DOT.join(part for part in (inactive, who) if part))


def _blueprint(of: Blueprint) -> Tickable:
    return Tickable(of.name, of.name, DOT.join((page_of(of), length_of(of))))


class ExportDialog(QDialog):
    """Asks for everything an export needs to know, and hands it to the queue. Shown with `open()`."""

    def __init__(
        self,
        desk: Desk,
        offer: Offer,
        sight: CourseSight,
        assignments: Collection[AssignmentId] | None = None,
        students: Collection[StudentId] | None = None,
        parent: QWidget | None = None,
        *,
        blueprints: Collection[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._kind, self._course = desk, offer.kind, sight.overview.info
        self._options: Options | None = None
        self._was_wrong = False
        self._unavailable = tr(offer.reason) if offer.reason else ""
        self.setWindowTitle(tr("Export {kind}", kind=in_sentence(self._kind.title)))
        ticked = {FieldKind.ASSIGNMENTS: assignments, FieldKind.STUDENTS: students, FieldKind.BLUEPRINTS: blueprints}
        self.form = self._make_form(sight, ticked)
        self.preview = PreviewPage(desk, self._kind, self._course.id)
        self.past = PastExports(desk, self._kind, self._course.id)
        self.tabs = QTabWidget()
        self.says, self.notes, self.where = Says("info"), Text(), Elided(colour="muted")
        self.where.cut = Qt.TextElideMode.ElideMiddle
        self.notify = QCheckBox(tr("Tell me when it is ready"))
        self.export_button = button(tr("Export"), self.export, icon="export", about=self._about(), is_default=True)
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without exporting"))
        self._arrange()
        self.foreseeing = Foreseeing(desk, partial(foresee, desk.program, self._kind, self._course.id), self)
        self._connect()
        self._look_ahead()
        self._ask_for_settings()

    def _about(self) -> str:
        return tr("{kind} of {course}", kind=tr(self._kind.title), course=self._course.code or self._course.title)

    def _make_form(self, sight: CourseSight, ticked: dict[FieldKind, Any]) -> OptionsForm:
        fields = tuple(fields_of(self._kind.Options))
        values = {field.name: ticked[field.kind] for field in fields if ticked.get(field.kind) is not None}
        return OptionsForm(fields, values, choices_of(sight))

    # How it looks

    def _arrange(self) -> None:
        self._fill_tabs()
        self._dress()
        summary = column(Text(tr(self._kind.summary)), Elided(self._course_line(), colour="muted"), spacing=STEP // 2)
        box = QDialogButtonBox()
        box.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)  # Tab goes on to it from the default
        self.export_button.setDefault(True)
        last = row(self.notify)
        last.addStretch(1)
        last.addWidget(box)
        layout = column(margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addLayout(summary)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(column(self.says, self.notes, self.where, spacing=STEP // 2))
        layout.addWidget(line())
        layout.addLayout(last)
        self.setLayout(layout)
        self.setMinimumSize(520, 400)
        self.resize(900, 660)

    def _fill_tabs(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setLayout(column(self.form, margin=STEP))
        scroll.setWidget(inside)
        self.scroll_area = scroll
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(scroll, tr("Options"))
        self.tabs.addTab(self.preview, tr("Preview"))
        self.tabs.addTab(self.past, tr("Past exports"))
        self._show_preview_tab(False)
        named(self.tabs, tr("Parts of the dialog"), tr("What to export, how it begins, what was exported before"))

    def _dress(self) -> None:
        self.notify.setChecked(True)
        named(self.notify, self.notify.text(), tr("Says so in the window, and on the desktop when it is not in front"))
        self.says.setAccessibleName(tr("What will happen"))
        self.notes.setContentsMargins(Says.INDENT, 0, 0, 0)
        self.where.setContentsMargins(Says.INDENT, 0, 0, 0)
        self.notes.hide()

    def _course_line(self) -> str:
        return "  ·  ".join(part for part in (self._course.title, self._course.code, self._course.term) if part)

    def _connect(self) -> None:
        self.form.changed.connect(self._look_ahead)
        if self.form.fold is not None:
            self._unfolded = QTimer(self, singleShot=True, interval=0)  # it has to be laid out first
            self._unfolded.timeout.connect(self._scroll_to_fold)
            self.form.fold.toggled.connect(self._unfolded.start)
        self.foreseeing.known.connect(self._foreseen)
        self.foreseeing.failed.connect(self._not_foreseen)
        self.preview.told.connect(self._show_preview_tab)
        self.past.counted.connect(self._count_past)
        self.past.went_on.connect(self.accept)
        for part in (self.foreseeing, self.preview):
            self._desk.library_changed.connect(part.ask_again)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field, in a window that its screen has room for."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        self.resize(min(self.width(), room.width()), min(self.height(), room.height() - 6 * STEP))
        self.form.enter()

    def _scroll_to_fold(self) -> None:
        assert self.form.fold is not None, "it was unfolded"
        self.scroll_area.ensureWidgetVisible(self.form.fold, 0, STEP)

    # What is set for all exports

    def _ask_for_settings(self) -> None:
        work = partial(_settings_for, self._desk.program, self._kind.id)
        self._desk.background.ask(self, work, self._settings_came)

    def _settings_came(self, found: tuple[dict[str, Any], bool]) -> None:
        values, are_notified = found
        self.form.offer(values)
        if not are_notified:
            self.notify.setText(tr("Tell me when it is ready (notifications are off in the settings)"))
            self.notify.setChecked(False)
            self.notify.setEnabled(False)

    # What will happen

    def _look_ahead(self) -> None:
        values = self.form.values()
        wrong = faults(self._kind.Options, values) | self.form.problems()
        self.form.show_faults(wrong)
        self._options = None if wrong else checked(self._kind.Options, values)
        self.foreseeing.ask(self._options)
        self.preview.ask(None if self._unavailable else self._options)
        if self._unavailable:
            self._refuse(tr("Not available: {reason}", reason=self._unavailable))
        elif wrong:
            self._refuse(" ".join(map(tr, wrong.values())))
        elif self._was_wrong or not self.says.text():  # else what is there stays until the newer answer comes
            self._allow(tr("Looking at what it will hold ..."))
        self._was_wrong = bool(wrong)

    def _refuse(self, sentence: str) -> None:
        is_news = sentence != self.says.text()
        self._say(sentence, "problem")
        self.export_button.setEnabled(False)
        if is_news:
            self.says.announce()

    def _allow(self, sentence: str, notes: Sequence[str] = ()) -> None:
        self._say(sentence, "info", notes)
        self.export_button.setEnabled(True)

    def _say(self, sentence: str, mood: str, notes: Sequence[str] = ()) -> None:
        self.says.say(sentence, mood)
        self.notes.setText(notes_in_words(notes))
        self.notes.setVisible(bool(self.notes.text()))

    def _foreseen(self, forecast: Forecast) -> None:
        self.where.setText(tr("In the folder {folder}", folder=forecast.folder))
        if self._unavailable:
            return
        if forecast.no_room is not None:
            self._refuse(_sentences(forecast.no_room))
        else:
            self._allow(in_words(forecast, self._kind.suffix), forecast.estimate.notes)

    def _not_foreseen(self, error: Exception) -> None:
        if isinstance(error, ProblemForTeacher):
            self._refuse(_sentences(error))
        else:  # our bug; the export itself may work all the same
            self._allow(tr("How large it will be could not be worked out."))
            self._desk.went_wrong.emit(error)

    def _show_preview_tab(self, is_table: bool) -> None:
        self.tabs.setTabVisible(self.tabs.indexOf(self.preview), is_table)

    def _count_past(self, count: int) -> None:
        title = tr("Past exports ({number})", number=number(count)) if count else tr("Past exports")
        self.tabs.setTabText(self.tabs.indexOf(self.past), title)

    # Exporting

    def export(self) -> None:
        """Ask the queue for it, and close; the shelf shows the rest."""
        if self._options is not None and self.export_button.isEnabled():
            request = ExportRequest(self._kind.id, self._course.id, self._options)
            self._desk.queue.submit(request, notify=self.notify.isChecked())
            self.accept()


def _sentences(problem: ProblemForTeacher) -> str:
    return f"{tr(problem.what)} {tr(problem.next_step)}".strip()


def _settings_for(program: Program, kind: str) -> tuple[dict[str, Any], bool]:
    """The options of a kind that settings know, and whether the teacher is told of anything."""
    first = program.first_options(kind)
    set_values = {name: getattr(first, name) for name in first.model_fields_set}
    return set_values, getattr(program.settings("window"), "notifications", "") != "none"
