"""The bars in which the window says what happened: what they say, how long they stay, what can be done with them."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from windowing import in_window, shown

from exportmanager.core.errors import Damaged, MalformedFile, NoRoom
from exportmanager.ui import theme
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.notices import Notice, Notices

AT_ONCE = 1


@pytest.fixture
def notices(qtbot: QtBot) -> Iterator[Notices]:
    made = Notices()
    window = in_window(qtbot, QLineEdit(), made, height=760)
    yield made
    window.close()


@pytest.fixture
def hasty(qtbot: QtBot) -> Iterator[Notices]:
    """Notices that do not wait for anybody to read them."""
    made = Notices(stays=AT_ONCE)
    window = in_window(qtbot, QLineEdit(), made, height=760)
    yield made
    window.close()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger = logging.getLogger("exportmanager")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


class Listener(QObject):
    """Writes down what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def again(self) -> None:
        self.asked.append("again")


def words(bar: Notice) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.text()]


def press(qtbot: QtBot, bar: Notice, name: str) -> None:
    found = [made for made in bar.findChildren(QAbstractButton) if name in (made.text(), made.toolTip())]
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def seen(notices: Notices) -> list[str]:
    return [bar.text for bar in notices.bars if bar.isVisible()]


# What they say


def test_nothing_is_in_sight_until_something_happened(notices: Notices) -> None:
    assert not notices.isVisible()
    notices.say("The shelf was moved.")
    assert notices.isVisible()


@pytest.mark.parametrize(
    ("mood", "called"), [("info", "Note"), ("good", "Done"), ("warning", "Please note"), ("loss", "Lost or damaged")]
)
def test_a_bar_says_its_mood_also_without_colours(notices: Notices, mood: str, called: str) -> None:
    bar = notices.say("The disk became full.", "Make room on it.", mood=mood)
    assert words(bar) == ["The disk became full.", "Make room on it."]
    assert bar.accessibleName() == f"{called}: The disk became full."
    assert bar.accessibleDescription() == "Make room on it."
    pictures = [label for label in bar.findChildren(QLabel) if not label.pixmap().isNull()]
    assert [label.accessibleName() for label in pictures] == [called]


def test_each_mood_has_a_picture_of_its_own(notices: Notices) -> None:
    pictures = []
    for mood in ("info", "good", "warning", "loss"):
        bar = notices.say(f"Something {mood}", mood=mood)
        image = next(label for label in bar.findChildren(QLabel) if not label.pixmap().isNull()).pixmap().toImage()
        pictures.append(bytes(image.createAlphaMask().constBits()))  # the shape, without its colour
    assert len(set(pictures)) == 4


def test_text_from_outside_is_not_read_as_markup(notices: Notices) -> None:
    bar = notices.say("<b>Loops</b> came in", "See <a href='x'>here</a>")
    shown = [label for label in bar.findChildren(QLabel) if label.text()]
    assert [label.text() for label in shown] == ["<b>Loops</b> came in", "See <a href='x'>here</a>"]
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}


def test_the_newest_stands_on_top(notices: Notices) -> None:
    for text in ("first", "second", "third"):
        notices.say(text)
    assert seen(notices) == ["third", "second", "first"]
    heights = [bar.mapTo(notices, QPoint(0, 0)).y() for bar in notices.bars]
    assert heights == sorted(heights)


def test_a_low_window_shows_two_bars_and_keeps_the_others_waiting(qtbot: QtBot) -> None:
    made = Notices()
    window = in_window(qtbot, QLineEdit(), made, height=640)
    for number in range(3):
        made.say(f"Bar {number}", mood="warning")
    assert [bar.isVisible() for bar in made.bars] == [True, True, False]
    window.close()


def test_a_fifth_bar_waits_until_there_is_room(notices: Notices, qtbot: QtBot) -> None:
    for number in range(5):
        notices.say(f"problem {number}", mood="warning")
    assert seen(notices) == ["problem 4", "problem 3", "problem 2", "problem 1"]
    press(qtbot, notices.bars[0], "Dismiss")
    assert seen(notices) == ["problem 3", "problem 2", "problem 1", "problem 0"]


def test_the_same_said_again_is_one_bar_on_top(notices: Notices) -> None:
    notices.say("The library cannot be read.", mood="warning")
    notices.say("something else")
    notices.say("The library cannot be read.", mood="warning")
    assert seen(notices) == ["The library cannot be read.", "something else"]


def test_a_long_path_does_not_make_the_window_wider(notices: Notices) -> None:
    before = notices.window().minimumSizeHint().width()
    notices.say("The system gave no permission: " + "a_folder_without_any_end" * 20, mood="warning")
    layout = notices.window().layout()
    assert layout is not None
    layout.activate()
    assert notices.window().minimumSizeHint().width() < max(before, 500)


# How long they stay


def test_good_news_go_by_themselves_and_what_matters_stays(hasty: Notices, qtbot: QtBot) -> None:
    for mood in ("warning", "loss", "info", "good"):
        hasty.say(mood, mood=mood)
    hasty.say("lasting", lasting=True)
    qtbot.waitUntil(lambda: len(hasty.bars) == 3)
    assert seen(hasty) == ["lasting", "loss", "warning"]


def test_a_bar_that_somebody_is_at_stays(hasty: Notices, qtbot: QtBot) -> None:
    with qtbot.waitActive(hasty.window()):
        held = hasty.say("held", actions=[("Show", hasty.update)])
        next(made for made in held.findChildren(QPushButton) if made.text() == "Show").setFocus()
    hasty.say("not held")  # its time is up after that of the other
    qtbot.waitUntil(lambda: "not held" not in seen(hasty))
    assert seen(hasty) == ["held"]


def test_a_bar_waits_while_the_window_is_not_in_front(hasty: Notices, qtbot: QtBot) -> None:
    in_front = Notices(stays=AT_ONCE)
    other = in_window(qtbot, QLineEdit(), in_front)
    hasty.say("exported meanwhile")
    in_front.say("seen")  # its time is up after that of the one behind
    qtbot.waitUntil(lambda: not in_front.bars)
    assert [bar.text for bar in hasty.bars] == ["exported meanwhile"]
    hasty.window().activateWindow()
    qtbot.waitUntil(lambda: not hasty.bars)
    other.close()


# What can be done


def test_dismiss_takes_a_bar_away(notices: Notices, qtbot: QtBot) -> None:
    press(qtbot, notices.say("read"), "Dismiss")
    assert notices.bars == ()
    assert not notices.isVisible()


def test_escape_takes_the_bar_away_that_has_the_focus(notices: Notices, qtbot: QtBot) -> None:
    notices.say("stays")
    bar = notices.say("goes")
    bar.close_button.setFocus()
    QTest.keyClick(bar.close_button, Qt.Key.Key_Escape)
    assert seen(notices) == ["stays"]


def test_an_action_is_taken_once_and_answers_the_bar(notices: Notices, qtbot: QtBot) -> None:
    listener = Listener()
    bar = notices.say("It did not work.", mood="warning", actions=[("Try again", listener.again)])
    press(qtbot, bar, "Try again")
    assert listener.asked == ["again"]
    assert notices.bars == ()


def test_buttons_say_what_they_are_about(notices: Notices) -> None:
    bar = notices.say("It did not work.", details="x", actions=[("Try again", Listener().again)])
    names = [made.accessibleName() for made in bar.findChildren(QAbstractButton)]
    assert sorted(names) == [
        "Details: It did not work.", "Dismiss: It did not work.", "Try again: It did not work.",
    ]  # fmt: skip


def test_details_can_be_read_and_copied(notices: Notices, qtbot: QtBot) -> None:
    bar = notices.say("The disk became full.", mood="warning", details="errno 28\n<not markup>")
    press(qtbot, bar, "Details")
    dialog = shown(qtbot, notices.window(), DetailsDialog)
    assert dialog.details.toPlainText() == "errno 28\n<not markup>"
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "errno 28\n<not markup>"
    assert dialog.copy_button.text() == "Copied"
    dialog.accept()


# Problems


def test_a_problem_says_what_happened_and_what_to_do(notices: Notices) -> None:
    problem = MalformedFile("roster.csv", 3, "the id s1 stands there twice.")
    bar = notices.say_problem(problem, "importing a course")
    assert bar.text == "roster.csv, line 3: the id s1 stands there twice."
    assert bar.next_step == "Correct it and import again."
    assert bar.mood == "warning"


def test_red_is_only_for_loss(notices: Notices) -> None:
    assert notices.say_problem(Damaged("It is damaged.", "Export again."), "x").mood == "loss"
    assert notices.say_problem(NoRoom("The disk is full.", "Make room."), "x").mood == "warning"


def test_what_the_system_refuses_is_a_problem_and_no_bug(notices: Notices) -> None:
    bar = notices.say_problem(OSError(errno.ENOSPC, "No space left on device"), "saving a copy")
    assert bar.text == "The disk became full while saving a copy."
    assert bar.details


def test_a_bug_gives_a_report_to_copy_without_what_the_exception_says(
    notices: Notices, qtbot: QtBot, log: pytest.LogCaptureFixture
) -> None:
    try:
        raise KeyError("Ada Example")
    except KeyError as error:
        bar = notices.say_problem(error, "reading the library")
    assert bar.text == (
        "Something in this program went wrong while reading the library. Your data are as they were before."
    )
    assert [record.levelname for record in log.records] == ["ERROR"]
    press(qtbot, bar, "Copy report")
    report = QGuiApplication.clipboard().text()
    assert "While reading the library" in report
    assert "KeyError" in report
    assert "Ada" not in report


def test_actions_stand_beside_a_problem(notices: Notices, qtbot: QtBot) -> None:
    listener = Listener()
    bar = notices.say_problem(NoRoom("The disk is full.", "Make room."), "x", actions=[("Try again", listener.again)])
    press(qtbot, bar, "Try again")
    assert listener.asked == ["again"]


def test_icons_follow_light_and_dark(notices: Notices, qtbot: QtBot) -> None:
    look = theme.Theme()
    bar = notices.say("words", mood="loss")
    label = next(label for label in bar.findChildren(QLabel) if not label.pixmap().isNull())
    for scheme, c in (("dark", theme.DARK), ("light", theme.LIGHT)):
        look.choose(scheme)
        qtbot.waitUntil(partial(_wears, label, c.loss))
    look.choose("system")


def _wears(label: QLabel, colour: str) -> bool:
    image = label.pixmap().toImage()
    return colour in {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
