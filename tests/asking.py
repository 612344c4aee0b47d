"""What tests of the export dialog share: a kind with every kind of option, the dialog on screen, what it asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from exporting import COURSE, OddKind
from pydantic import Field, field_validator
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, PagesPreview, Preview
from exportmanager.core.ledger import Job
from exportmanager.core.options import AssignmentChoice, BlueprintChoice, Day, Folder, Options, StudentChoice
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import course_sight
from exportmanager.program import Program
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.tick_list import TickList


class Everything(Options):
    """An option of each kind that a form can ask for."""

    which: AssignmentChoice = Field(default=None, title="Assignments", description="Which ones.")
    who: StudentChoice = Field(default=None, title="Students", description="Whose.")
    pages: BlueprintChoice = Field(default=None, title="Blueprints", description="Which of them.")
    switch: bool = Field(default=True, title="Formulas & macros cannot run", description="They are made harmless.")
    course_says: bool | None = Field(default=None, title="Inactive students", description="Include them.")
    word: Literal["names", "pseudonyms"] = Field(
        default="names",
        title="Names",
        description="What they are called.",
        json_schema_extra={"labels": ["by name", "by pseudonym"]},
    )
    long_word: Literal["a", "b", "c"] = Field(
        default="a",
        title="Told",
        description="Where.",
        json_schema_extra={"labels": ["also on the desktop, when it is not in front", "in the window", "nowhere"]},
    )
    many: Literal["a", "b", "c", "d"] = Field(default="b", title="Period", description="How far back.")
    perhaps: Literal["x", "y"] | None = Field(default=None, title="Perhaps", description="One or neither.")
    text: str = Field(default="", title="Title", description="On the first page.")
    note: str | None = Field(default=None, title="Note", description="Below it.")
    number: int = Field(
        default=7,
        ge=0,
        le=30,
        title="Days",
        description="How long.",
        json_schema_extra={"unit": "days", "zero": "for ever"},
    )
    limit: int | None = Field(default=None, ge=1, title="At most", description="Rows.")
    folder: Folder = Field(
        default="", title="Place", description="Where.", json_schema_extra={"zero": "in the library"}
    )
    day: Day = Field(
        default="", title="From", description="The first day.", json_schema_extra={"zero": "as the course is set"}
    )
    csv: Literal["spreadsheets", "programs"] = Field(
        default="spreadsheets", title="Tables", description="For what.", json_schema_extra={"advanced": True}
    )

    @field_validator("text")
    @classmethod
    def _is_short(cls, text: str) -> str:
        if len(text) > 10:
            raise ValueError("at most ten letters, please.")
        return text


@dataclass
class Foretold(OddKind):
    """An odd kind whose estimate and preview are told by the test; by itself it is no table."""

    foretells: Callable[[Course, Any], Estimate] = field(
        default=lambda course, options: Estimate(84_000_000, "5 things")
    )
    begins: Callable[[Course, Any], Preview | PagesPreview | None] = field(default=lambda course, options: None)

    def estimate(self, course: Course, options: Any) -> Estimate:
        return self.foretells(course, options)

    def preview(self, course: Course, options: Any) -> Preview | PagesPreview | None:
        return self.begins(course, options)


def nothing_written(course: Course, out: Any, meter: Any) -> None:
    """What a kind writes that nobody looks at."""
    out.write(b"x")


@dataclass
class Asking:
    """The dialog on screen, over a window, and what is asked of the queue."""

    qtbot: QtBot
    program: Program
    desk: Desk
    window: QWidget
    jobs: list[Job] = field(default_factory=list)
    wrong: list[Exception] = field(default_factory=list)

    def dialog(self, kind: str = "coursework", **ticked: Any) -> ExportDialog:
        """The dialog for a kind, once it has looked ahead."""
        sight = course_sight(self.program, COURSE)
        offer = next(offer for offer in sight.offers if offer.kind.id == kind)
        dialog = ExportDialog(self.desk, offer, sight, parent=self.window, **ticked)
        dialog.open()
        self.qtbot.waitUntil(dialog.isActiveWindow)
        self.settle()
        return dialog

    def settle(self) -> None:
        """Wait until nothing is asked in the background any more, and nothing will be in a moment."""
        dialogs = self.window.findChildren(ExportDialog)

        def is_calm() -> bool:
            return not self.desk.background.is_busy and not any(map(_waits, dialogs))

        self.qtbot.waitUntil(is_calm)

    def job(self) -> Job:
        """The next job that was asked for."""
        self.qtbot.waitUntil(lambda: bool(self.jobs))
        job = self.jobs[0]
        self.qtbot.waitUntil(lambda: not self.desk.is_busy)
        self.jobs.clear()
        return job

    def press(self, *keys: Qt.Key, shift: bool = False) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None, "the keyboard is somewhere"
            modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(focused, key, modifier)

    def tab_to(self, widget: QWidget) -> None:
        """Press Tab until the focus is there; fails where it never comes by."""
        for _ in range(60):
            if QApplication.focusWidget() is widget:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never comes to {widget.accessibleName() or widget}")


def _waits(dialog: ExportDialog) -> bool:
    timers = (dialog.foreseeing.timer, dialog.preview.foreseeing.timer, dialog.past.soon)
    return any(timer.isActive() for timer in timers)


@contextmanager
def asking(qtbot: QtBot, program: Program) -> Iterator[Asking]:
    """A desk on `program`, and a window for dialogs."""
    with desk_on(program) as desk:
        made = Asking(qtbot, program, desk, in_window(qtbot))
        desk.queue.changed.connect(made.jobs.append)
        desk.went_wrong.connect(made.wrong.append)
        yield made
        for dialog in made.window.findChildren(ExportDialog):
            dialog.close()


def ticks(dialog: ExportDialog, name: str = "assignments") -> TickList:
    """A tick list of a dialog."""
    made = dialog.form.inputs[name]
    assert isinstance(made, TickList)
    return made
