"""The Overview tab: what is in a course and what is not, for a teacher about to delete it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.overview import CourseOverview
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight
from exportmanager.ui.course_choices import CourseChoices
from exportmanager.ui.course_gaps import CourseGaps
from exportmanager.ui.course_rules import CourseRules
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.inactive_setting import InactiveSetting
from exportmanager.ui.kit import STEP, Text, column, named, row
from exportmanager.ui.overview_words import about, facts_of, gaps_of, verdict_of
from exportmanager.ui.shelf_parts import Mark
from exportmanager.ui.words import tr


class OverviewPage(QScrollArea):
    """Facts, gaps, what the teacher decided for the course, and what the course says of itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._course: CourseId | None = None
        self._mark = Mark()
        self.verdict = Text(size="heading")
        self.facts = FactGrid()
        self._compared = Text(colour="muted")
        self.gaps = CourseGaps(tr("Not here"), tr("What the last import did not bring, of whom, and why"))
        self.left_out = CourseGaps(tr("Left out on purpose"), tr("What was not to be taken in, of whom, and why"))
        self.choices = CourseChoices(desk, self)
        self.settings = InactiveSetting(self.choices)
        self.rules = CourseRules(self.choices)
        self._description = Text()
        self._about = PairList()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        named(self, tr("Overview"), tr("What is in the course and what is not"))
        self.setWidget(self._contents())

    def _contents(self) -> QWidget:
        verdict = row(self._mark)
        verdict.addWidget(self.verdict, 1)
        layout = column(verdict, spacing=2 * STEP)
        layout.addWidget(self.facts)
        layout.addWidget(self._compared)
        for part in (self.gaps, self.left_out, self.settings, self.rules):
            layout.addWidget(part)
        layout.addWidget(Text(tr("About this course"), size="heading"))
        layout.addWidget(self._description)
        layout.addWidget(self._about)
        layout.addStretch(1)
        layout.setContentsMargins(STEP, 2 * STEP, 2 * STEP, 2 * STEP)
        contents = QWidget()
        contents.setLayout(layout)
        return contents

    def show_course(self, sight: CourseSight) -> None:
        """Show a course; of the same one, what is searched and in sight stays."""
        overview = sight.overview
        if overview.info.id != self._course:
            self._course = overview.info.id
            for part in (self.gaps, self.left_out):
                part.search.clear()
            self.verticalScrollBar().setValue(0)
        self._say_verdict(overview)
        self.facts.show_facts(list(facts_of(overview)))
        self.gaps.show_gaps(gaps_of(overview.report, chosen=False))
        self.left_out.show_gaps(gaps_of(overview.report, chosen=True))
        self.choices.show_course(overview)
        self._description.setText(overview.info.description)
        self._description.setVisible(bool(overview.info.description.strip()))
        source = self._desk.program.sources.get(overview.source)
        self._about.show_pairs([pair for pair in about(overview, tr(source.title) if source else "") if pair[1]])

    def _say_verdict(self, overview: CourseOverview) -> None:
        verdict = verdict_of(overview)
        self._mark.show_mark(verdict.icon, verdict.colour)
        self.verdict.setText(verdict.text)
        self.verdict.set_colour(verdict.colour if verdict.colour != "muted" else "text")
        said = ""
        if overview.report and any(change.expected is not None for change in overview.report.changes):
            said = tr("Where no declared number is mentioned, the source gives none.")
        self._compared.setText(said)
        self._compared.setVisible(bool(said))

    def focus_search(self) -> None:
        """Put the focus into the field that searches the gaps, where there are any."""
        if self.gaps.rows.total:
            self.ensureWidgetVisible(self.gaps)
            self.gaps.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.gaps.search.selectAll()


class PairList(QWidget):
    """Names and what belongs to them, under each other."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[tuple[Text, Text]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * STEP)
        self._grid.setVerticalSpacing(STEP // 2)
        self._grid.setColumnStretch(1, 1)

    def show_pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Show these."""
        while len(self._texts) > len(pairs):
            for text in self._texts.pop():
                text.deleteLater()
        while len(self._texts) < len(pairs):
            name, value = Text(colour="muted", wrap=False), Text()
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for place, text in enumerate((name, value)):
                self._grid.addWidget(text, len(self._texts), place, Qt.AlignmentFlag.AlignTop)
            self._texts.append((name, value))
        for texts, pair in zip(self._texts, pairs, strict=True):
            for text, words in zip(texts, pair, strict=True):
                text.setText(words)
