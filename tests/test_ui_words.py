"""Holds the source of the window against one rule: no words reach the screen without passing by the translator."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

UI = Path(__file__).parent.parent / "exportmanager" / "ui"
APP = UI.parent / "app.py"

SHOWN_BY = frozenset({
    "setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setAccessibleName", "setAccessibleDescription",
    "setStatusTip", "setTitle", "setInformativeText", "setDetailedText", "setLabelText", "setSuffix", "setPrefix",
    "setSpecialValueText", "setWhatsThis", "showMessage", "setOkButtonText", "setCancelButtonText", "setButtonText",
    "setPlainText", "setHtml", "setTabText", "setTabToolTip", "setItemText", "addAction", "addMenu", "addTab",
    "addButton", "addItem", "addItems", "addRow", "insertItem", "QLabel", "QPushButton", "QToolButton", "QCheckBox",
    "QRadioButton", "QGroupBox", "QMenu", "QMessageBox", "QAction", "QPlainTextEdit", "QDockWidget", "Text", "Elided",
    "Empty", "Column", "Table", "GapList", "GapsDialog", "DetailsDialog", "button", "menu_button", "named",
    "labelled", "say", "say_problem", "went_wrong",
})  # fmt: skip
"""Whatever puts the text it is given on screen, or says it to a screen reader."""
WORDS_IN = frozenset({"text", "title", "about", "description", "name", "next_step", "what", "tip", "label"})
"""Keywords of such calls that carry words; the others name icons, colours and columns."""
TRANSLATES = frozenset({"tr", "counted"})
JOINS = frozenset({"join", "format", "strip", "replace", "partial"})
NAMES = frozenset({"Export Manager"})
"""What is called the same in every language."""
MOODS = frozenset({"info", "good", "warning", "loss", "problem"})
"""What `say` is told besides the words, for the program and not for the teacher."""
LETTERS = re.compile(r"[^\W\d_]")


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def parts(node: ast.AST) -> Iterable[ast.AST]:
    """What of an expression is shown where it is."""
    if isinstance(node, ast.Call):
        return (node.func, *node.args) if name_of(node) in JOINS else ()
    if isinstance(node, ast.IfExp):
        return (node.body, node.orelse)
    if isinstance(node, ast.FormattedValue):
        return (node.value,)
    return () if isinstance(node, (ast.Compare, ast.Subscript, ast.Lambda)) else ast.iter_child_nodes(node)


def words(node: ast.AST) -> Iterator[Any]:
    """The literals with letters in an expression that nobody translates."""
    text = node.value if isinstance(node, ast.Constant) else None
    if isinstance(text, str) and LETTERS.search(text) and text.strip() not in NAMES | MOODS:
        yield node
    for part in parts(node):
        yield from words(part)


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Each literal that reaches the screen as it is written: its line, and its text."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and name_of(call) in SHOWN_BY:
            said = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in WORDS_IN)]
            for expression in said:
                yield from ((found.lineno, str(found.value)) for found in words(expression))


MODULES = sorted([*UI.rglob("*.py"), APP])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_text_on_screen_passes_by_the_translator(path: Path) -> None:
    found = [f"{path.name}:{line}: {text!r}" for line, text in untranslated(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_what_is_translated_is_written_out_where_a_translator_can_find_it(path: Path) -> None:
    """tr(f"...") looks up a text that no list of texts has."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    computed = [
        f"{path.name}:{call.lineno}"
        for call in calls
        if name_of(call) in TRANSLATES and any(isinstance(part, (ast.JoinedStr, ast.BinOp)) for part in call.args)
    ]
    assert computed == []


@pytest.mark.parametrize(
    "source",
    [
        'QLabel("Courses")',
        'label.setText(f"{n} courses")',
        'button("Stop" if running else tr("Run again"), self.stop)',
        'named(field, tr("Name"), description="Of the student")',
        'self.notices.say(" and ".join(["It is done"]))',
        'menu.addAction(theme.icon("add"), "Add")',
        'label.setText(tr("Size") + " in bytes")',
    ],
)
def test_a_text_that_is_not_translated_is_found(source: str) -> None:
    assert list(untranslated(source))


@pytest.mark.parametrize(
    "source",
    [
        'QLabel(tr("Courses"))',
        'label.setText(counted(n, "1 course", "%Ln courses"))',
        'button(tr("Stop"), self.stop, icon="stop", about=job.title)',
        'menu.addAction(theme.icon("add"), tr("Add"))',
        'label.setText(" · ".join([tr("Size"), size]))',
        'QMessageBox(icon, "Export Manager", text)',
        'label.setText(WORDS["size"])',
    ],
)
def test_a_text_that_is_translated_passes(source: str) -> None:
    assert not list(untranslated(source))
