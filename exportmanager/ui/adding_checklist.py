"""The checklist of what the platform gives: where to click, what each holds, when it vanishes, and what is here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from exportmanager.core.arrivals import DOWNLOADS, Download, PieceKind
from exportmanager.ui import theme
from exportmanager.ui.kit import ICON, STEP, Text, ToolButton, column, named
from exportmanager.ui.words import counted, day, number, tr

_INDENT = ICON.width() + STEP


class _Item(QWidget):
    """One download: its title opens what is said of it."""

    def __init__(self, download: Download) -> None:
        super().__init__()
        self.download = download
        self._state = ""
        self.button = ToolButton()
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setIconSize(ICON)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setText(tr(download.title))
        self.button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        self._said = Text(colour="muted")
        self._inside = self._details()
        top = column(self._said)
        top.setContentsMargins(_INDENT, 0, 0, 0)
        self.setLayout(column(self.button, top, self._inside, spacing=2))
        self.button.toggled.connect(self._toggled)
        self._toggled(False)

    def _details(self) -> QWidget:
        made = QWidget()
        parts = [Text(tr(self.download.holds)), Text(tr(self.download.steps)), Text(tr(self.download.vanishes))]
        parts[2].set_colour("muted")
        layout = column(*parts, spacing=STEP // 2)
        layout.setContentsMargins(_INDENT, STEP // 2, 0, STEP)
        made.setLayout(layout)
        return made

    def show_state(self, words: str, *, is_here: bool) -> None:
        """Say whether it is here."""
        self._state = words
        self._said.setText(words)
        self._said.set_colour("good" if is_here else "muted")
        self._name()

    def _toggled(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        self.button.setIcon(theme.icon("chevron-down" if is_open else "chevron-right"))
        self._name()

    def _name(self) -> None:
        parts = {"title": self.button.text(), "state": self._state}
        is_open = self.button.isChecked()
        name = tr("{title}, {state}, open", **parts) if is_open else tr("{title}, {state}, closed", **parts)
        named(self.button, name, tr("Shows or hides where to click for it, what it holds and when it vanishes"))


class Checklist(QWidget):
    """All downloads; one of them is open, at first the first that is not here yet."""

    def __init__(self) -> None:
        super().__init__()
        self._has_chosen = False
        self._holdings: Mapping[str, datetime] = {}
        self._brought: frozenset[PieceKind] = frozenset()
        self.items = [_Item(download) for download in DOWNLOADS]
        self.count = Text(colour="muted")
        for item in self.items:
            item.button.clicked.connect(partial(self._clicked, item))
        layout = column(Text(tr("How to get it from Codio"), size="heading"), self.count, spacing=STEP // 2)
        layout.addWidget(self._scrolled(), 1)
        self.setLayout(layout)
        self._say()

    def _scrolled(self) -> QScrollArea:
        inside, items = QWidget(), column(*self.items, spacing=STEP // 2)
        items.addStretch(1)
        inside.setLayout(items)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setMinimumWidth(inside.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        return area

    def show_holdings(self, holdings: Mapping[str, datetime]) -> None:
        """Say since when the course has what."""
        self._holdings = holdings
        self._say()

    def show_brought(self, kinds: Collection[PieceKind]) -> None:
        """Say what is among the files that were brought."""
        if frozenset(kinds) != self._brought:
            self._brought = frozenset(kinds)
            self._say()

    def _say(self) -> None:
        here = 0
        for item in self.items:
            words = self._words(item.download)
            here += bool(words)
            item.show_state(words or tr("not yet"), is_here=bool(words))
        self.count.setText(
            tr("{here} of {all}", here=number(here), all=counted(len(self.items), "1 is here", "%Ln are here"))
        )
        if not self._has_chosen:
            first = next((item for item in self.items if not self._words(item.download)), None)
            self._open(first)

    def _words(self, download: Download) -> str:
        """Whether it is here; "" where it is not."""
        if not self._brought.isdisjoint(download.kinds):
            return tr("among your files")
        since = max((moment for kind in download.kinds if (moment := self._holdings.get(kind))), default=None)
        return tr("in the library since {day}", day=day(since.astimezone().date())) if since else ""

    def _clicked(self, item: _Item, _: bool = False) -> None:
        self._has_chosen = True
        self._open(item if item.button.isChecked() else None)

    def _open(self, wanted: _Item | None) -> None:
        for item in self.items:
            item.button.setChecked(item is wanted)
