"""What every name in the files was taken to mean: what has to be settled first, what is worth a look, what matched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from exportmanager.core.arrivals import Link, Plan
from exportmanager.ui.adding_settle import SettleBar
from exportmanager.ui.adding_words import Standing, about, standing, standings, state
from exportmanager.ui.kit import STEP, Empty, Text, column, named, row
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import SearchField, Sheet
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, tr

_TO_LOOK_AT = {Standing.TO_SETTLE, Standing.WORTH_A_LOOK, Standing.BY_HAND}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class _Search(SearchField):
    """Enter goes on to the table, instead of pressing the dialog's button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _colour(link: Link) -> str:
    return "warning" if standing(link) in {Standing.TO_SETTLE, Standing.WORTH_A_LOOK} else ""


def _means(link: Link) -> str:
    return link.to_words if link.to_words else ""


def _columns() -> list[Column[Link]]:
    return [
        Column(id="label", title=tr("In the files"), text=lambda link: link.label),
        Column(id="about", title=tr("What it is"), text=about),
        Column(id="state", title=tr("How it stands"), text=state, sort=standing, colour=_colour, may_be_cut=True),
        Column(id="to", title=tr("What it means"), text=_means),
        Column(id="why", title=tr("Why"), text=lambda link: tr(link.why), is_wide=True),
        Column(id="where", title=tr("Where"), text=lambda link: ", ".join(link.where)),
    ]


class Links(QWidget):
    """`settled` carries keys of links, and the answer: None takes it back."""

    settled = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._is_new = True
        self._answered: frozenset[str] = frozenset()
        self.rows: Rows[Link] = Rows(_columns(), key=_key)
        self.table = Table(self.rows, tr("Names in the files"), tr("What each was taken to mean; Enter settles one"))
        nothing = Empty(tr("No names to match"), tr("What comes in says itself who and what it is about."))
        self.sheet = Sheet(self.table, nothing)
        self.sheet.setMinimumHeight(15 * STEP)
        self.count = Text(colour="muted")
        self.search = _Search(tr("Search names"), tr("Shows the rows in which every word stands"))
        self.all_box = QCheckBox()
        self.bar = SettleBar()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        heading = row(Text(tr("Who and what the files name"), size="heading", wrap=False))
        heading.addStretch(1)
        heading.addWidget(self.search, 1)
        under = row(self.count, self.all_box)
        under.setStretch(0, 1)
        layout = column(heading, under)
        layout.addWidget(self.sheet, 1)
        layout.addWidget(self.bar)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self._clear)
        self.all_box.toggled.connect(self._narrow)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.bar.settled.connect(self._settled)

    def show_plan(self, plan: Plan) -> None:
        """Show how the links stand; what was chosen stays, or the next one that has to be settled is."""
        self._plan = plan
        links = sorted(plan.links, key=standing)
        self.rows.set_rows(links)
        self.count.setText(standings(links))
        self.bar.setVisible(bool(links))
        self._offer_all(sum(standing(link) not in _TO_LOOK_AT for link in links), len(links))
        if self._is_new and links:
            self._is_new = False
            self.table.fit_columns()
        self._go_on(links)
        self._picked()

    def _offer_all(self, folded: int, total: int) -> None:
        """What needs no look is folded, unless there is nothing else."""
        self.all_box.setText(counted(folded, "Show also the 1 that is clear", "Show also the %Ln that are clear"))
        named(self.all_box, self.all_box.text(), tr("Shows also what matched, and what is new"))
        self.all_box.setVisible(0 < folded < total)
        self._narrow()

    def _narrow(self, _: bool = False) -> None:
        shows_all = self.all_box.isChecked() or self.all_box.isHidden()
        self.rows.narrow(None if shows_all else _needs_a_look)

    def _clear(self) -> None:
        self.search.clear()
        self.all_box.setChecked(True)

    # Settling

    def _picked(self) -> None:
        self.bar.ask(self._plan, self.table.chosen())

    def _opened(self, _: Link) -> None:
        self.bar.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _settled(self, keys: Sequence[str], answer: str | None) -> None:
        self._answered = frozenset(keys) if answer is not None else frozenset()
        self.settled.emit(keys, answer)

    def _go_on(self, links: Sequence[Link]) -> None:
        """After an answer the next open one is chosen, so that the keyboard can go on."""
        answered, self._answered = self._answered, frozenset()
        first_open = next((link for link in links if standing(link) is Standing.TO_SETTLE), None)
        if first_open is not None and (answered or not self.table.chosen_count()):
            self.table.select_key(first_open.key)


def _key(link: Link) -> str:
    return link.key


def _needs_a_look(link: Link) -> bool:
    return standing(link) in _TO_LOOK_AT
