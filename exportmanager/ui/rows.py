"""The rows of a table: filtered and sorted as values, in slices, so that a hundred thousand do not stop the window."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QCollator, QLocale, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from exportmanager.ui import theme
from exportmanager.ui.kit import tip_of
from exportmanager.ui.slices import Slices

R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
_Right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_STEP = 200
"""Rows between two looks at the time: a millisecond or two, where their texts have to be made."""
_RUN = 1_000
"""Rows sorted in one go at first; sorted runs are then merged in pairs."""
_CELL = 300
"""Characters of a cell; nobody's column is wider, and to cut a whole book to the width of a column takes long."""

_WITHOUT_STROKE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
)
"""Letters that Unicode does not take apart into one of the alphabet and an accent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """A column: `text` is searched and copied, and its first line shown; `sort` orders; None and "" sort last.

    Where there is no `sort`, the texts are ordered as the teacher's language orders them. `tip` is the whole text
    otherwise. `colour` names one of `theme.Colours`, or "" for the usual one; it never tells anything that `text`
    does not. `is_wide`: it takes the room that others leave.
    `may_be_cut`: it is no number or time, though it has a `sort`, and can stand with fewer letters where room is short.
    """

    id: str
    title: str
    text: Callable[[R], str]
    sort: Callable[[R], Any] | None = None
    tip: Callable[[R], str] | None = None
    colour: Callable[[R], str] | None = None
    is_number: bool = False
    is_wide: bool = False
    may_be_cut: bool = False


class Rows(QAbstractTableModel, Generic[R]):
    """Rows of values; filtering and sorting happen here, on values, and not through a model in between.

    Up to some thousand rows that is done when the call returns. With more, what was shown stays until `arranged`.
    """

    arranged = Signal()

    def __init__(self, columns: Sequence[Column[R]], key: Callable[[R], Hashable]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.key = key
        self._all: Sequence[R] = ()
        self._texts: list[str] = []
        self._shown: Sequence[R] = ()
        self._words: list[str] = []
        self._keep: Callable[[R], bool] | None = None
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None
        self._slices = Slices(self)
        self._trash: list[Any] = []
        self._sweeping = Slices(self)

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these. Rows that are still the same ones in the same places are patched, not shown anew."""
        old, self._all, self._texts = (self._all, self._texts), tuple(rows), []
        self._arrange()
        self._throw_away(*old)

    def filter(self, text: str) -> None:
        """Show only rows that hold every word of `text`, in any column, ignoring case and accents."""
        words = searchable(text).split()
        if words != self._words:
            self._words = words
            self._arrange()

    def narrow(self, keep: Callable[[R], bool] | None) -> None:
        """Show only rows of which `keep` is true; None: all that the filter lets through."""
        self._keep = keep
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; a negative one gives the original order back."""
        sorted_by = (column, order) if column >= 0 else None
        if sorted_by != self._sorted_by:
            self._sorted_by = sorted_by
            self._arrange()

    @property
    def shown(self) -> Sequence[R]:
        """The rows as they stand on screen."""
        return self._shown

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        return len(self._all)

    @property
    def is_filtered(self) -> bool:
        """Whether a filter may hide rows."""
        return bool(self._words) or self._keep is not None

    @property
    def is_arranging(self) -> bool:
        """Whether what is shown is not yet what was asked for."""
        return self._slices.is_busy

    def row_of(self, key: Hashable) -> int:
        """Where the row with this key stands; -1 where it does not."""
        return next((n for n, row in enumerate(self._shown) if self.key(row) == key), -1)

    # Arranging

    def _arrange(self) -> None:
        self._slices.run(self._arranging())

    def _arranging(self) -> Iterator[None]:
        rows: Sequence[R] = self._all
        if self.is_filtered:
            rows = yield from self._fitting()
        if self._sorted_by is not None:
            column = self.columns[self._sorted_by[0]]
            rows = yield from sorted_in_steps(rows, column.sort or collated(column.text), self._sorted_by[1])
        if len(rows) == len(self._shown) and (yield from self._same_keys(rows)):
            yield from self._patch(rows)
        else:
            self.beginResetModel()
            self._shown = rows
            self.endResetModel()
        self.arranged.emit()

    def _throw_away(self, *old: Sequence[Any]) -> None:
        """Free values a few at a time: a hundred thousand at once would take a tenth of a second."""
        for values in old:
            self._trash += values
        if len(self._trash) > _STEP:
            self._sweeping.run(self._sweep())
        else:
            self._trash.clear()

    def _sweep(self) -> Iterator[None]:
        while self._trash:
            yield  # first of all: whoever called this may still hold them
            del self._trash[-_STEP:]

    def _fitting(self) -> Generator[None, None, list[R]]:
        found: list[R] = []
        for start in range(0, len(self._all), _STEP):
            stop = min(start + _STEP, len(self._all))
            if self._words and len(self._texts) < stop:  # they are made when somebody first searches
                self._texts += map(self._text_of, self._all[len(self._texts) : stop])
            found += [self._all[n] for n in range(start, stop) if self._fits(n)]
            yield
        return found

    def _text_of(self, row: R) -> str:
        return searchable("\0".join(column.text(row) for column in self.columns))

    def _fits(self, n: int) -> bool:
        if self._keep is not None and not self._keep(self._all[n]):
            return False
        return all(word in self._texts[n] for word in self._words)

    def _same_keys(self, rows: Sequence[R]) -> Generator[None, None, bool]:
        for start in range(0, len(rows), _STEP):
            new, old = rows[start : start + _STEP], self._shown[start : start + _STEP]
            if list(map(self.key, new)) != list(map(self.key, old)):
                return False
            yield
        return True

    def _patch(self, rows: Sequence[R]) -> Iterator[None]:
        changed: list[int] = []
        for start in range(0, len(rows), _STEP):
            stop = min(start + _STEP, len(rows))
            changed += [n for n in range(start, stop) if rows[n] is not self._shown[n] and rows[n] != self._shown[n]]
            yield
        self._shown = rows
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))

    # What Qt asks for

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows stand on screen."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _Right if self.columns[section].is_number else _Left
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and how."""
        column, row = self.columns[index.column()], self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return first_line(column.text(row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _Right if column.is_number else _Left
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of((column.tip or column.text)(row)) or None
        if role == Qt.ItemDataRole.ForegroundRole and column.colour:
            colour = column.colour(row)
            return QBrush(QColor(getattr(theme.colours(), colour))) if colour else None
        return None


def searchable(text: str) -> str:
    """`text` as it is searched: without case, and without accents, which not every keyboard has."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded.translate(_WITHOUT_STROKE))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def first_line(text: str) -> str:
    """The first line that is not empty, as far as a cell may show it; "..." says that there is more."""
    start = text[: 4 * _CELL].lstrip()[:_CELL]
    line = start.partition("\n")[0].rstrip()
    return f"{line}…" if len(line) < len(text.strip()) else line


def collated(text: Callable[[R], str]) -> Callable[[R], Any]:
    """What orders rows by `text` as the teacher's language does ("Loops 2" before "Loops 10"); None where it is ""."""
    if QLocale().language() == QLocale.Language.C:  # which has no order but that of the characters' numbers
        return lambda row: text(row).casefold() or None
    collator = QCollator(QLocale())
    collator.setNumericMode(True)
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    keys: dict[str, Any] = {"": None}  # the same texts stand in many rows

    def key(row: R) -> Any:
        words = text(row)[:_CELL]
        if words not in keys:
            keys[words] = collator.sortKey(words)
        return keys[words]

    return key


def sorted_in_steps(
    rows: Sequence[R], value: Callable[[R], Any], order: Qt.SortOrder
) -> Generator[None, None, list[R]]:
    """`rows` ordered by `value`; equal ones stay as they stood, and those whose value is None come last either way."""
    values: list[Any] = []
    for start in range(0, len(rows), _STEP):
        values += map(value, rows[start : start + _STEP])
        yield
    places = [n for n, found in enumerate(values) if found is not None]
    unknown = [n for n, found in enumerate(values) if found is None]
    length = _RUN
    while True:
        for start in range(0, len(places), length):
            run = places[start : start + length]  # two sorted runs: Python's sort merges them as they are
            run.sort(key=values.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
            places[start : start + length] = run
            yield
        if length >= len(places):
            break
        length *= 2
    return [rows[n] for n in places + unknown]
