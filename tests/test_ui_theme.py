"""Light and dark: every text can be read, every field has an edge, icons are there and wear the scheme's colours."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from exportmanager.ui import theme
from exportmanager.ui.kit import Text, button
from exportmanager.ui.theme import DARK, LIGHT, Colours, Theme

UI = Path(theme.__file__).parent
ICONS = UI / "icons"
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
COLOURS = {"light": LIGHT, "dark": DARK}
INKS = ("text", "muted", "accent", "link", "warning", "loss", "good", "disabled")
GROUNDS = ("window", "base", "raised")


def luminance(colour: QColor) -> float:
    """The relative luminance of WCAG 2.2."""
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str | QColor, other: str | QColor) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Theme]:
    look = Theme()
    yield look
    look.choose("system")


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# Colours


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_text_can_be_read_on_every_ground(scheme: str, ground: str, ink: str) -> None:
    c = COLOURS[scheme]
    assert contrast(getattr(c, ink), getattr(c, ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize(("ink", "ground"), [("on_accent", "accent"), ("text", "pointed")])
def test_what_is_chosen_can_be_read(scheme: str, ink: str, ground: str) -> None:
    c = COLOURS[scheme]
    assert contrast(getattr(c, ink), getattr(c, ground)) >= 4.5


@SCHEMES
def test_what_is_chosen_differs_from_what_is_not(scheme: str) -> None:
    c = COLOURS[scheme]
    assert contrast(c.accent, c.base) >= 3


def test_each_colour_says_one_thing() -> None:
    for c in (LIGHT, DARK):
        moods = [c.accent, c.warning, c.loss, c.good, c.text, c.muted]
        assert len(set(moods)) == len(moods)


@SCHEMES
def test_the_palette_keeps_these_pairs(look: Theme, scheme: str) -> None:
    look.choose(scheme)
    palette = QApplication.palette()
    for ink, ground in (
        (palette.text(), palette.base()),
        (palette.text(), palette.alternateBase()),
        (palette.windowText(), palette.window()),
        (palette.buttonText(), palette.button()),
        (palette.toolTipText(), palette.toolTipBase()),
        (palette.placeholderText(), palette.base()),
        (palette.highlightedText(), palette.highlight()),
        (palette.link(), palette.base()),
    ):
        assert contrast(ink.color(), ground.color()) >= 4.5


# As it is drawn


def _drawn(widget: QWidget, qtbot: QtBot, width: int = 120, height: int = 40) -> QImage:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget.grab().toImage()


def _colours_in(image: QImage, area: QRect) -> list[QColor]:
    inside = area.intersected(image.rect())
    return [
        image.pixelColor(x, y)
        for x in range(inside.left(), inside.right() + 1)
        for y in range(inside.top(), inside.bottom() + 1)
    ]


@SCHEMES
def test_words_on_buttons_can_be_read_as_the_style_draws_them(look: Theme, qtbot: QtBot, scheme: str) -> None:
    look.choose(scheme)
    for is_on in (True, False):
        made = QPushButton()
        made.setEnabled(is_on)
        ink = COLOURS[scheme].text if is_on else COLOURS[scheme].disabled
        faces = _colours_in(_drawn(made, qtbot), QRect(20, 10, 80, 20))
        assert min(contrast(ink, face) for face in faces) >= 4.5


@SCHEMES
@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QComboBox, QCheckBox, QRadioButton, QPlainTextEdit])
def test_a_field_that_is_only_an_edge_can_be_seen(look: Theme, qtbot: QtBot, scheme: str, kind: type[QWidget]) -> None:
    look.choose(scheme)
    field = kind()
    field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    image = _drawn(field, qtbot)
    left = _colours_in(image, QRect(0, 0, 8, image.height()))
    c = COLOURS[scheme]
    assert max(min(contrast(pixel, c.window), contrast(pixel, c.base)) for pixel in left) >= 3


@SCHEMES
def test_an_icon_in_a_menu_can_be_seen_also_when_it_is_pointed_at(look: Theme, qtbot: QtBot, scheme: str) -> None:
    look.choose(scheme)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.ensurePolished()
    c = COLOURS[scheme]
    assert menu.palette().highlight().color() == QColor(c.pointed)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
        assert contrast(_ink_of(theme.icon("add"), mode), c.pointed) >= 4.5


def _ink_of(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    """The colour of an icon's strokes: that of its most opaque pixel."""
    image = icon.pixmap(QSize(48, 48), 1.0, mode).toImage()
    return max(_colours_in(image, image.rect()), key=QColor.alpha)


# Following the system


def test_the_window_follows_the_system_while_it_is_open(look: Theme, qtbot: QtBot) -> None:
    hints = QGuiApplication.styleHints()
    text = Text("words", colour="muted")
    made = button("Add", icon="add")
    for widget in (text, made):
        qtbot.addWidget(widget)
        widget.show()
    for scheme, c in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK)):
        with qtbot.waitSignal(look.changed):
            hints.colorSchemeChanged.emit(scheme)  # as the platform tells that its user changed it
        assert theme.colours() == c
        assert QApplication.palette().window().color() == QColor(c.window)
        qtbot.waitUntil(partial(_wears, text, c.muted))
        assert _ink_of(made.icon()) == QColor(c.text)


def _wears(text: Text, colour: str) -> bool:
    return text.palette().windowText().color() == QColor(colour)


def test_what_the_teacher_chose_stays_whatever_the_system_does(look: Theme) -> None:
    look.choose("light")
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colours() == LIGHT
    look.choose("dark")
    assert theme.colours() == DARK
    assert look.wanted == "dark"


@SCHEMES
def test_icons_wear_the_colour_of_their_mood_and_of_being_off(look: Theme, scheme: str) -> None:
    look.choose(scheme)
    c = COLOURS[scheme]
    assert _ink_of(theme.icon("problem", "warning")) == QColor(c.warning)
    assert _ink_of(theme.icon("problem"), QIcon.Mode.Disabled) == QColor(c.disabled)
    assert _ink_of(theme.icon("problem"), QIcon.Mode.Selected) == QColor(c.on_accent)


# Icon files


FILES = sorted(ICONS.glob("*.svg"))
LINES = [path for path in FILES if path.stem != "app"]


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_an_icon_is_drawn_as_the_others_are(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke") == "currentColor"
    assert root.get("stroke-width") == "2"
    assert {child.tag.rpartition("}")[2] for child in root.iter()} <= {"svg", "path", "circle", "rect"}
    assert {child.get("fill", "none") for child in root.iter()} <= {"none", "currentColor"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_icon_shows_something_and_stays_inside_its_square(path: Path, qapp: QApplication) -> None:
    icon = theme.app_icon() if path.stem == "app" else theme.icon(path.stem)
    image = icon.pixmap(QSize(96, 96), 1.0).toImage()
    edge = [QRect(0, 0, 96, 2), QRect(0, 94, 96, 2), QRect(0, 0, 2, 96), QRect(94, 0, 2, 96)]
    assert sum(colour.alpha() > 128 for colour in _colours_in(image, image.rect())) > 150
    assert not any(colour.alpha() for area in edge for colour in _colours_in(image, area))


def test_the_programs_icon_is_there_in_every_size_that_systems_ask_for(qapp: QApplication) -> None:
    assert {size.width() for size in theme.app_icon().availableSizes()} >= {16, 32, 48, 256}


def _icons_named(tree: ast.AST) -> Iterator[str]:
    """The names of icons in a module: given to `icon(...)`, as `icon=...`, or last to a menu's entry."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        asked = [keyword.value for keyword in node.keywords if keyword.arg == "icon"]
        asked += node.args[:1] if name == "icon" else node.args[4:5] if name == "_add" else []
        for argument in asked:
            yield from (
                part.value
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value
            )


def test_every_icon_that_the_window_names_is_there() -> None:
    named = {
        (path.name, name)
        for path in sorted(UI.glob("*.py"))
        for name in _icons_named(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(named) > 20
    there = {path.stem for path in FILES}
    assert sorted((module, name) for module, name in named if name not in there) == []


def test_colours_are_those_that_the_window_knows(qapp: QApplication) -> None:
    assert theme.colours() in (LIGHT, DARK)
    assert {type(getattr(LIGHT, name)) for name in Colours.__slots__} == {str}
