"""The Export tab: every way out of a course that the registry knows, in sections, each with what came of it last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from exportmanager.core.export import Section
from exportmanager.core.ledger import JobState
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.ui.job_words import last_result
from exportmanager.ui.kit import STEP, Text, button, column, line, named, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr

_READABLE, _WIDE = 720, 960
"""Pixels: longer lines are hard to read, and a button far from its words is hard to find."""
_MOST = 100
"""The stretch of what gets all the room that it can use."""
_IN_VAIN = (JobState.FAILED, JobState.INTERRUPTED, JobState.MISSING)


def _title(offer: Offer) -> str:
    return tr(offer.kind.title).casefold()


class OfferRow(QFrame):
    """One way out: what it is, what came of it last, and the button. `asked` carries the id of its kind."""

    asked = Signal(str)

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.offer = offer
        self.title = _bold(tr(offer.kind.title))
        self.summary = Text(tr(offer.kind.summary))
        self.reason, self.last = Says("info"), Text(colour="muted")
        self.button = button(tr("Export..."), self._ask, icon="export", about=tr(offer.kind.title))
        self.setLayout(_arranged((self.title, self.summary, self.last, self.reason), self.button))

    def _ask(self) -> None:
        self.asked.emit(self.offer.kind.id)

    def show_offer(self, offer: Offer, now: datetime) -> None:
        """Show how it stands."""
        self.offer = offer
        reason = tr("Not available: {reason}", reason=tr(offer.reason)) if offer.reason else ""
        self.reason.say(reason)
        self.button.setEnabled(not reason)
        self.button.setAccessibleDescription(reason or tr(offer.kind.summary))
        said = last_result(offer.last, now) if offer.last else tr("Nothing exported yet.")
        self.last.setText("" if reason and not offer.last else said)
        self.last.setVisible(bool(self.last.text()))
        self.last.set_colour("warning" if offer.last and offer.last.state in _IN_VAIN else "muted")


class ImportRow(QFrame):
    """The way in for blueprints, beside the way out. `asked`: its button was pressed."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        title = tr("Import blueprints")
        summary = Text(tr("Adds blueprints to this course, from a file or from a public git repository."))
        self.button = button(tr("Import..."), icon="add", about=title)
        self.button.setAccessibleDescription(summary.text())
        self.button.clicked.connect(self.asked)
        self.setLayout(_arranged((_bold(title), summary), self.button))


def _bold(words: str) -> Text:
    made = Text(words)
    font = QFont(made.font())
    font.setBold(True)
    made.setFont(font)
    return made


def _arranged(words: Sequence[QWidget], button: QPushButton) -> QHBoxLayout:
    """Words one under the other, and a button that is not far from them."""
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    for part in words:
        if isinstance(part, Text):
            part.setMaximumWidth(_READABLE)
    layout = row(spacing=2 * STEP)
    layout.addLayout(column(*words, spacing=STEP // 2), _MOST)
    layout.addStretch(1)
    layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    layout.setContentsMargins(0, STEP, 0, STEP)
    return layout


class ExportTab(QScrollArea):
    """`asked_export` carries the id of a kind, and twice None: which assignments and students, the dialog asks."""

    asked_export = Signal(str, object, object)
    asked_import = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.rows: dict[str, OfferRow] = {}
        self.import_row: ImportRow
        self.headings: dict[Section, Text] = {}
        self._kinds: tuple[str, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        named(self, tr("Exports"), tr("What of this course can be exported"))

    def show_course(self, sight: CourseSight) -> None:
        """Show what can be exported of a course; rows that are there already are patched."""
        kinds = tuple(offer.kind.id for offer in sight.offers)
        if kinds != self._kinds:
            self._kinds = kinds
            self._arrange(sight.offers)
        now = self._desk.program.clock()
        for offer in sight.offers:
            self.rows[offer.kind.id].show_offer(offer, now)
        self._choose_first()

    def _arrange(self, offers: Sequence[Offer]) -> None:
        """Anew: the kinds of export only change with the program."""
        self.rows.clear()
        self.headings.clear()
        layout = column(spacing=0)
        for section in Section:
            here = sorted((offer for offer in offers if offer.kind.section is section), key=_title)
            if here or section is Section.BLUEPRINTS:
                self._add_section(layout, section, here)
        self.import_row = ImportRow()
        self.import_row.asked.connect(self.asked_import)
        layout.addWidget(line())
        layout.addWidget(self.import_row)
        layout.addStretch(1)
        sections, inside = QWidget(), QWidget()
        sections.setLayout(layout)
        sections.setMaximumWidth(_WIDE)
        across = row(sections, margin=STEP)
        across.setStretch(0, _MOST)
        across.addStretch(1)
        inside.setLayout(across)
        self.setWidget(inside)
        self.setFocusProxy(None)  # type: ignore[arg-type]  # it goes anew once the rows say what can be had
        buttons = [*(offer.button for offer in self.rows.values()), self.import_row.button]
        for before, after in pairwise([self, *buttons]):
            QWidget.setTabOrder(before, after)  # what is made later would stand behind the rest of the window

    def _add_section(self, layout: QVBoxLayout, section: Section, offers: Sequence[Offer]) -> None:
        if self.headings:
            layout.addSpacing(2 * STEP)
        self.headings[section] = Text(tr(section.value), size="heading")
        layout.addWidget(self.headings[section])
        for offer in offers:
            layout.addWidget(line())
            made = self.rows[offer.kind.id] = OfferRow(offer)
            made.asked.connect(self._ask)
            layout.addWidget(made)

    def _choose_first(self) -> None:
        """Where the focus goes when the tab gets it."""
        usable = [row.button for row in self.rows.values() if row.button.isEnabled()]
        self.setFocusProxy(usable[0] if usable else None)  # type: ignore[arg-type]  # None takes it away

    def _ask(self, kind: str) -> None:
        self.asked_export.emit(kind, None, None)
