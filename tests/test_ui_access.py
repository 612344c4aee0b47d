"""Everything in the window can be heard, reached by keyboard and read: held against every widget of every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from looking import (
    Stop,
    called,
    columns_of,
    controls,
    cut_off,
    heard,
    look_of,
    reached,
    seen,
    tab_stops,
    to_act_on,
)
from pseudo import PseudoTranslator
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible, QBrush
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from touring import Hands, Place, a_week_of_exports, opened_window, places, sample_in

from exportmanager.program import Program
from exportmanager.ui.shelf_row import ShelfRow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_FIELDS = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)
_SMALL = (1024, 640)


@dataclass
class Found:
    """What was found at every place, by what is wrong."""

    places: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    controls: int = 0
    stops: int = 0

    def note(self, what: str, place: Place, *found: str) -> None:
        self.wrong[what] += [f"{place.name}: {text}" for text in found]


def look_at(place: Place, found: Found) -> None:
    """Note all that is wrong at a place."""
    found.places.append(place.name)
    every = controls(place.widget)
    found.controls += len(every)
    for control in every:
        if not heard(control, QAccessible.Text.Name):
            found.note("no name", place, called(control))
        if not (heard(control, QAccessible.Text.Description) or control.toolTip()):
            found.note("no description", place, called(control))
    found.note("no label", place, *_without_label(place.widget))
    found.note("label without field", place, *_labels_of_nothing(place.widget))
    found.note("colour alone", place, *_told_by_colour(place.widget))
    _go_by_tab(place, found)


def _go_by_tab(place: Place, found: Found) -> None:
    stops = tab_stops(place.widget)
    found.stops += len(stops)
    missed = [widget for widget in to_act_on(place.widget) if not reached(widget, stops)]
    found.note("not reached", place, *(called(widget) for widget in missed))
    found.note("order", place, *_backwards(stops))
    for stop, other in zip(stops, [*stops[1:], stops[0]], strict=True):
        other.widget.setFocus(Qt.FocusReason.TabFocusReason)
        if look_of(stop.widget) == stop.look:
            found.note("no visible focus", place, called(stop.widget))


def _without_label(root: QWidget) -> Iterator[str]:
    """Fields that no label belongs to, and that do not say themselves what they are for."""
    buddies = [label.buddy() for label in root.findChildren(QLabel)]
    for control in controls(root):
        if not isinstance(control, _FIELDS) or control in buddies:
            continue
        says = control.placeholderText() if isinstance(control, (QLineEdit, QPlainTextEdit)) else ""
        if not (says or control.toolTip() or (isinstance(control, QPlainTextEdit) and control.isReadOnly())):
            yield called(control)


def _labels_of_nothing(root: QWidget) -> Iterator[str]:
    for label in seen(root):
        if isinstance(label, QLabel) and "&" in label.text().replace("&&", "") and label.buddy() is None:
            yield called(label)


def _told_by_colour(root: QWidget) -> Iterator[str]:
    """A colour tells nothing that words do not: the same words always stand in the same colour."""
    for view in seen(root):
        if isinstance(view, QAbstractItemView) and not isinstance(view, QHeaderView):
            yield from _cells_told_by_colour(view)
    facts: dict[str, set[str]] = defaultdict(set)
    for row in seen(root):
        if isinstance(row, ShelfRow):
            assert row.look is not None
            if not row.look.facts and not row.look.side:
                yield f"a row of the shelf has no words: {row.look.title}"
            facts[f"{row.look.facts} {row.look.side} {row.look.gaps}"].add(row.look.mark_colour)
    yield from (f"{text!r} has marks of several colours" for text, colours in facts.items() if len(colours) > 1)


def _cells_told_by_colour(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for column in range(columns_of(model)):
        colours: dict[str, set[str]] = defaultdict(set)
        for row in range(min(model.rowCount(), 200)):
            index = model.index(row, column)
            brush = index.data(Qt.ItemDataRole.ForegroundRole)
            colour = brush.color().name() if isinstance(brush, QBrush) else ""
            colours[str(index.data() or "")].add(colour)
        yield from (f"{called(view)}: {text!r} is {shown}" for text, shown in colours.items() if len(shown) > 1)


def _region(widget: QWidget) -> QWidget:
    """The part of the window that a widget is in: the list of courses, the course, the bars, the shelf."""
    window = widget.window()
    parts = [getattr(window, name, None) for name in ("courses", "page", "notices", "shelf", "welcome")]
    return next((part for part in parts if part is not None and part.isAncestorOf(widget)), window)


def _backwards(stops: Sequence[Stop]) -> Iterator[str]:
    """Each step of Tab that goes up, or back within a line; and each part of the window that it comes back to."""
    regions = [_region(stop.widget) for stop in stops]
    begins = [region for region, before in zip(regions, [None, *regions], strict=False) if region is not before]
    if len(begins) > len(set(begins)):
        yield f"there and back again: {[type(region).__name__ for region in begins]}"
    for one, other in zip(stops, stops[1:], strict=False):
        if _region(one.widget) is _region(other.widget) and _goes_back(one.widget, other.widget):
            yield f"from {called(one.widget)} to {called(other.widget)}"


def _goes_back(one: QWidget, other: QWidget) -> bool:
    """Whether the eye goes up, or to the left, from one to the other: from the part it is in to the part beside it."""
    if one.isAncestorOf(other) or other.isAncestorOf(one):
        return False
    around = next(widget for widget in _upwards(one) if widget.isAncestorOf(other))
    if isinstance(around, QDialogButtonBox):  # the desktop says in which order its buttons stand
        return False
    first, second = (
        next(part for part in _upwards(widget) if part.parentWidget() is around).geometry() for widget in (one, other)
    )
    if first.right() < second.left():
        return False
    is_beside = second.top() <= first.bottom() and first.top() <= second.bottom()
    return second.bottom() < first.top() or (is_beside and second.right() < first.left())


def _upwards(widget: QWidget) -> Iterator[QWidget]:
    around: QWidget | None = widget
    while around is not None:
        yield around
        around = around.parentWidget()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample course, and a week of exports on its shelf."""
    folder, clock = tmp_path_factory.mktemp("access") / "library", Hands()
    with closing(Program(folder, clock)) as program:
        a_week_of_exports(program, clock, sample_in(program))
    return folder


@pytest.fixture(scope="module")
def found(qapp: QApplication, library: Path) -> Found:
    """What a walk through every page and dialog found."""
    found, clock = Found(), Hands()
    clock.forward(days=6, hours=6)
    with closing_program(library, clock) as program, opened_window(program, size=(1280, 800)) as window:
        for place in places(window):
            look_at(place, found)
    return found


def closing_program(library: Path, clock: Hands) -> closing[Program]:
    return closing(Program(library, clock))


def test_the_walk_goes_everywhere(found: Found) -> None:
    wanted = {"overview", "assignments", "students", "export", "export-dialog", "gaps", "settings", "about", "closing",
              "add-course", "add-course-files", "add-course-check", "add-git", "import-report"}  # fmt: skip
    assert wanted <= set(found.places)
    assert found.controls > 200
    assert found.stops > 200


@pytest.mark.parametrize(
    "what",
    ["no name", "no description", "no label", "label without field", "colour alone", "not reached", "order",
     "no visible focus"],
)  # fmt: skip
def test_nothing_in_the_window_has(found: Found, what: str) -> None:
    assert found.wrong[what] == []


@pytest.mark.parametrize("is_longer", [False, True], ids=["in English", "a third longer"])
def test_no_word_is_cut_off_in_a_small_window(qapp: QApplication, library: Path, is_longer: bool) -> None:
    translator = PseudoTranslator()
    if is_longer:
        QCoreApplication.installTranslator(translator)
    clock = Hands()
    clock.forward(days=6, hours=6)
    wrong = []
    try:
        with closing_program(library, clock) as program, opened_window(program, size=_SMALL) as window:
            for place in places(window):
                wrong += [f"{place.name}: {text}" for text in cut_off(place.widget)]
    finally:
        QCoreApplication.removeTranslator(translator)
    assert list(dict.fromkeys(text.partition(": ")[2] for text in wrong)) == []
