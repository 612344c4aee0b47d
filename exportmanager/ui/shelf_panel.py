"""The shelf: running and finished exports at the bottom of the window, always in sight and never in the way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.ledger import Job, JobState
from exportmanager.jobs.desk import Desk
from exportmanager.ui import theme
from exportmanager.ui.desktop import Notifier
from exportmanager.ui.kit import STEP, Elided, Text, ToolButton, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notices
from exportmanager.ui.put_right import PutRight
from exportmanager.ui.shelf_actions import ShelfActions
from exportmanager.ui.shelf_list import ShelfList
from exportmanager.ui.shelf_look import Look, as_damaged, look_of
from exportmanager.ui.shelf_model import Asked, Entry, Run, ShelfModel
from exportmanager.ui.telling import Telling
from exportmanager.ui.words import counted, number, size, tr

_SMALL = "shelf is small"
_DAMAGED = "damaged exports"
_REMEMBERED = 1_000
_MINUTE = 60_000
"""Milliseconds between two looks at the clock: "removed in 2 hours" must not stand there for three."""
_USUAL_HEIGHT = 200
_ANY_HEIGHT = 16_777_215


class ShelfPanel(QWidget):
    """`model` holds the rows, `list` shows them, `shelf_actions` does what their buttons say."""

    def __init__(self, desk: Desk, memory: Memory, notices: Notices, notifier: Notifier | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._memory = memory
        self._height = _USUAL_HEIGHT
        self.model = ShelfModel(desk, self)
        self.list = ShelfList(self._look)
        self.shelf_actions = ShelfActions(desk, self.model, notices, memory, self)
        self.shelf_actions.removals.announced.connect(self._announce)
        self.telling = Telling(desk, notices, self.shelf_actions, notifier or Notifier(theme.app_icon(), self), self)
        self.put_right = PutRight(desk, notices, self.shelf_actions, self)
        self.course = QComboBox()
        self.summary = Elided(colour="muted")
        self.chevron = ToolButton()
        self._arrange()
        self._connect()
        self.show_small(bool(memory.get(_SMALL, False)))
        self.minute = QTimer(self, interval=_MINUTE)
        self.minute.timeout.connect(self.show_time)
        self.minute.start()
        self.model.read()

    def _arrange(self) -> None:
        named(self, tr("Shelf"), tr("Exports under way and finished ones"))
        self.course.addItem(tr("All courses"), None)
        self.course.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.course.setMaximumWidth(40 * STEP)
        named(self.course, tr("Course"), tr("Shows only what is of this course"))
        self.course.setToolTip(self.course.accessibleDescription())
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chevron.setAutoRaise(True)
        self.chevron.clicked.connect(self._fold)
        self._head = QWidget()
        self._head.setLayout(self._headed())
        layout = column(self._head, spacing=STEP // 2)
        layout.addWidget(self.list, 1)
        layout.setContentsMargins(STEP, STEP // 2, STEP, STEP // 2)
        self.setLayout(layout)

    def _headed(self) -> QHBoxLayout:
        head = row(Text(tr("Shelf"), size="heading", wrap=False), self.course)
        head.addWidget(self.summary, 1)
        head.addWidget(self.chevron)
        return head

    def _connect(self) -> None:
        self.shelf_actions.copies.verified.connect(self._verified)
        self.model.arranged.connect(self._show)
        self.model.patched.connect(self._patch)
        self.list.asked.connect(self.shelf_actions.do)
        self.course.currentIndexChanged.connect(self._show)

    # What is shown

    def _look(self, entry: Entry) -> Look:
        program = self._desk.program
        look = look_of(entry, program.clock(), program.kinds, self._desk.heartbeat.watching_since)
        return as_damaged(look) if entry.job and entry.job.id in self._memory.get(_DAMAGED, []) else look

    def _verified(self, job: int, is_whole: bool) -> None:
        """What was read back and is not as it was written stays marked, also after a new start."""
        others = [known for known in self._memory.get(_DAMAGED, []) if known != job]
        self._memory.put(_DAMAGED, others if is_whole else [*others, job][-_REMEMBERED:])
        for entry in self.model.entries:
            self.list.patch(entry)

    def _show(self, _: object = None) -> None:
        self._list_courses()
        self._say_summary()
        empty = self._said_of_nothing() if self.model.is_read else ""
        self.list.show_entries(self._wanted(), empty)

    def _wanted(self) -> Sequence[Entry]:
        course = self.course.currentData()
        return [entry for entry in self.model.entries if course is None or entry.course == course]

    def _said_of_nothing(self) -> str:
        if not self.model.days:
            return tr("Exports appear here and stay until you remove them.")
        return counted(self.model.days, "Exports appear here and stay for 1 day.",
                       "Exports appear here and stay for %Ln days.")  # fmt: skip

    def _patch(self, entry: Entry) -> None:
        self.list.patch(entry)
        self._say_summary()

    def show_time(self) -> None:
        """Say anew what time changes: until when files stay."""
        for entry in self._wanted():
            self.list.patch(entry)
        self.model.read()

    def _say_summary(self) -> None:
        entries = self._wanted()
        ready = [entry for entry in entries if _is_ready(entry)]
        running = sum(entry.run is not Run.ENDED for entry in entries)
        said = []
        if running:
            said.append(tr("{number} running", number=number(running)))
        if ready:
            said.append(tr("{number} ready", number=number(len(ready))))
            said.append(size(sum(entry.job.file.size for entry in ready if entry.job and entry.job.file)))
        if self.summary.text() != (text := " · ".join(said)):
            self.summary.setText(text)

    def _list_courses(self) -> None:
        """Offer each course that has a row; the chosen one stays while it has."""
        known: dict[CourseId, str] = {}
        for entry in self.model.entries:
            if entry.job is not None:
                known.setdefault(entry.job.course_id, _called(entry.job))
        wanted = [(tr("All courses"), None), *((text, course) for course, text in known.items())]
        wanted[1:] = sorted(wanted[1:], key=_in_order)
        there = [(self.course.itemText(n), self.course.itemData(n)) for n in range(self.course.count())]
        if wanted == there:
            return
        chosen = self.course.currentData()
        self.course.blockSignals(True)
        self.course.clear()
        for text, course in wanted:
            self.course.addItem(text, course)
        self.course.setCurrentIndex(max(0, self.course.findData(chosen)))
        self.course.blockSignals(False)

    # Small or not

    @property
    def is_small(self) -> bool:
        """Whether only the head is in sight."""
        return self.list.isHidden()

    def _fold(self) -> None:
        self.show_small(not self.is_small)
        self._memory.put(_SMALL, self.is_small)

    def show_small(self, is_small: bool) -> None:
        """Show only the head, or the rows too."""
        if is_small and not self.is_small and self.isVisible():
            self._height = self.height()
        self.list.setVisible(not is_small)
        words = tr("Show the shelf's rows") if is_small else tr("Hide the shelf's rows")
        self.chevron.setToolTip(words)
        named(self.chevron, words, tr("Makes the shelf small or large"))
        self.chevron.setIcon(theme.icon("chevron-up" if is_small else "chevron-down"))
        small = self._head.sizeHint().height() + STEP
        self.setMaximumHeight(small if is_small else _ANY_HEIGHT)
        self._take_room(small if is_small else self._height)

    def _take_room(self, height: int) -> None:
        """Have the splitter give what is above the room that this leaves, or the other way round."""
        splitter = self.parentWidget()
        if isinstance(splitter, QSplitter) and self.isVisible():
            sizes = splitter.sizes()
            place = splitter.indexOf(self)
            more = min(height, sum(sizes) // 2) - sizes[place]
            sizes[place] += more
            sizes[0 if place else -1] -= more
            splitter.setSizes(sizes)

    def showEvent(self, event: QShowEvent) -> None:
        """It was remembered how high this was, but not that it was small."""
        super().showEvent(event)
        if self.is_small:
            self._take_room(self.maximumHeight())

    # The keyboard, and the end

    def setFocus(self, *_: object) -> None:
        """Put the keyboard on the first row, or where there is none into the head."""
        if self.is_small:
            self.show_small(False)
        if not self.list.focus_first():
            self.course.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def changeEvent(self, event: QEvent) -> None:
        """A larger font makes the head higher."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.is_small:
            self.show_small(True)

    def finish(self) -> None:
        """The window closes: what was removed goes now."""
        self.minute.stop()
        self.shelf_actions.removals.finish()


def _is_ready(entry: Entry) -> bool:
    job = entry.job
    return job is not None and job.state is JobState.EXPORTED and entry.asked in {Asked.NOTHING, Asked.RUN_AGAIN}


def _called(job: Job) -> str:
    return f"{job.course_code}  {job.course_title}" if job.course_code else job.course_title


def _in_order(item: tuple[str, CourseId | None]) -> str:
    return item[0].casefold()
