"""The list of gaps: who, what and why, apart from what was left out on purpose; filtered and copied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from exportmanager.core.report import Gap
from exportmanager.ui.gaps import GapsDialog

MISSING = [
    Gap(what="workspace of Loops", who="Cy Specimen", why="The source has no files of it."),
    Gap(what="workspace of Hello", who="Bo Sample", why="The archive is damaged."),
    Gap(what="workspace of Hello", who="Bo Sample", why="The archive is damaged."),
]
LEFT_OUT = [Gap(what="student", who="Di Sleeper", why="Inactive for 182 days.", chosen=True)]


def shown(qtbot: QtBot, gaps: list[Gap]) -> GapsDialog:
    dialog = GapsDialog("Coursework data of SMALL: 22 of 24 students", gaps)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_gaps_stand_apart_from_what_was_left_out_on_purpose(qtbot: QtBot) -> None:
    dialog = shown(qtbot, [*LEFT_OUT, *MISSING])
    assert [part.rows.total for part in dialog.lists] == [3, 1]
    names = [part.table.accessibleName() for part in dialog.lists]
    assert names == ["3 gaps", "1 left out by your options or the course's rule"]
    qtbot.waitUntil(dialog.filter.hasFocus)


@pytest.mark.parametrize(
    ("gaps", "name"),
    [(MISSING[:1], "1 gap"), (LEFT_OUT, "1 left out by your options or the course's rule"), ([], "0 gaps")],
)
def test_a_list_that_would_be_empty_is_not_there(qtbot: QtBot, gaps: list[Gap], name: str) -> None:
    dialog = shown(qtbot, gaps)
    assert [part.table.accessibleName() for part in dialog.lists] == [name]


def test_what_the_report_notes_besides_stands_above_the_lists(qtbot: QtBot) -> None:
    dialog = GapsDialog(
        "Grades of SMALL", LEFT_OUT, None, ["This table is pseudonymous.", "312 older rows are left out."]
    )
    qtbot.addWidget(dialog)
    dialog.show()
    said = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert "This table is pseudonymous.\n312 older rows are left out." in said
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)


def test_words_narrow_both_lists_and_copy_takes_what_is_shown(qtbot: QtBot) -> None:
    dialog = shown(qtbot, [*LEFT_OUT, *MISSING])
    QTest.keyClicks(dialog.filter, "specimen")
    qtbot.waitUntil(lambda: [len(part.rows.shown) for part in dialog.lists] == [1, 0])
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "Who\tWhat\tWhy\tMissing or left out\nCy Specimen\tworkspace of Loops\tThe source has no files of it.\tmissing"
    )


def test_copied_lines_stay_lines_whatever_a_name_holds(qtbot: QtBot) -> None:
    dialog = shown(qtbot, [Gap(what="work\tspace", who="Ada\nExample", why="because")])
    dialog.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1:] == ["Ada Example\twork space\tbecause\tmissing"]
