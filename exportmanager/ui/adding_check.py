"""The last look before the import: which course, what every name was taken to mean, and what is missing already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from exportmanager.core.arrivals import Choice, PieceKind, Plan
from exportmanager.core.course import CourseId
from exportmanager.core.report import Gap
from exportmanager.ui.adding_course import Chosen, CourseChoice
from exportmanager.ui.adding_links import Links
from exportmanager.ui.adding_words import short
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Text, button, column, line, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import counted, tr

_NO_PARTS = {PieceKind.COURSE_FOLDER, PieceKind.UNKNOWN, PieceKind.NOT_NEEDED}


class CheckPage(QScrollArea):
    """`settled` carries keys of links and the answer (None takes it back); `changed`: another course was chosen."""

    settled = Signal(object, object)
    changed = Signal()

    def __init__(self, fixed: Choice | None) -> None:
        super().__init__()
        self._fixed = fixed
        self._gaps: Sequence[Gap] = ()
        self._has_parts = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.course = CourseChoice()
        self.links = Links()
        self._into = Text(size="heading")
        self._folders = Says("info")
        self._missing = Text()
        self.gaps_button = button(tr("Show"), self._show_gaps, icon="gap", about=tr("what is missing, and why"))
        self._missing_row = QWidget()
        missing = row(self._missing, self.gaps_button)
        missing.setStretch(0, 1)
        self._missing_row.setLayout(missing)
        self._line = line()
        inside = QWidget()
        inside.setLayout(self._arranged())
        self.setWidget(inside)
        self.course.changed.connect(self.changed)
        self.links.settled.connect(self.settled)
        if fixed is not None:
            self._into.setText(tr("All of it comes into {course}", course=short(fixed.words, 80)))
        self._show_parts()

    def _arranged(self):
        layout = column(self._folders, self._into, self.course, self._line)
        layout.addWidget(self.links, 1)
        layout.addWidget(self._missing_row)
        layout.setContentsMargins(0, 0, STEP // 2, 0)
        return layout

    @property
    def chosen(self) -> Chosen:
        """The course that was chosen, or what has to be done first."""
        if self._fixed is not None:
            return Chosen(CourseId(self._fixed.value))
        chosen = self.course.chosen
        return chosen if self._has_parts else replace(chosen, title="", problem="")

    def enter(self) -> bool:
        """Put the focus where something has to be chosen or looked at; False where nothing has."""
        if self.chosen.problem:
            self.course.courses.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._has_parts and self.links.rows.shown:
            self.links.sheet.enter()
        else:
            return False
        return True

    def show_plan(self, plan: Plan, *, is_whole: bool) -> None:
        """Show what will come in; a course is proposed once everything was looked at (`is_whole`)."""
        self._has_parts = any(piece.kind not in _NO_PARTS and not piece.problem for piece in plan.pieces)
        if is_whole and self._fixed is None:
            self.course.propose(plan)
        self.links.show_plan(plan)
        self._gaps = plan.gaps
        self._missing.setText(
            counted(len(plan.gaps), "1 thing is missing, as far as can be seen now.",
                    "%Ln things are missing, as far as can be seen now.")
        )  # fmt: skip
        folders = [piece for piece in plan.pieces if piece.kind is PieceKind.COURSE_FOLDER and not piece.problem]
        self._folders.say(
            counted(len(folders), "1 course folder comes in as a course of its own.",
                    "%Ln course folders come in as courses of their own.") if folders else ""
        )  # fmt: skip
        self._show_parts()

    def _show_parts(self) -> None:
        self._into.setVisible(self._fixed is not None and self._has_parts)
        self.course.setVisible(self._fixed is None and self._has_parts)
        self.links.setVisible(self._has_parts)
        self._line.setVisible(self._has_parts)
        self._missing_row.setVisible(bool(self._gaps))

    def _show_gaps(self) -> None:
        GapsDialog(tr("What is missing already"), self._gaps, self.window()).open()
