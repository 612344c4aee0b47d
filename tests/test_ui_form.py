"""The form made from options, and the tick list in it: by mouse and keyboard, as a teacher would go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from asking import Everything
from PySide6.QtCore import QDate, QLocale, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from exportmanager.core.options import FieldKind, checked, faults, fields_of
from exportmanager.ui import theme
from exportmanager.ui.day_input import Calendar, DayInput, day_of, written
from exportmanager.ui.inputs import Choices
from exportmanager.ui.option_inputs import FolderInput, Line, Number, OneOf, Radios, Switch
from exportmanager.ui.options_form import OptionsForm
from exportmanager.ui.says import Says
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.tick_rows import NOTE, TITLE, Tickable

ASSIGNMENTS = tuple(Tickable(f"a{n}", f"Module 1 / Task {n}", f"{n} answered") for n in range(1, 9))
STUDENTS = tuple(
    Tickable(f"s{n}", f"Student {n:03}", "inactive for 120 days" if n % 10 == 0 else "") for n in range(1, 301)
)
BLUEPRINTS = (Tickable("Lab report", "Lab report", "2 panels"), Tickable("Notes", "Notes", "1 panel"))
Key = Qt.Key


W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, made: W, width: int, height: int) -> W:
    """A widget as a window of its own, in front."""
    made.resize(width, height)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def form(qtbot: QtBot) -> OptionsForm:
    made = OptionsForm(fields_of(Everything), None, Choices(ASSIGNMENTS, STUDENTS, BLUEPRINTS))
    return shown(qtbot, made, 900, 1100)


def tick_list(qtbot: QtBot, things: tuple[Tickable, ...] = ASSIGNMENTS) -> TickList:
    made = TickList("Things", things, help="Which.", nothing="Tick at least one thing.", empty="There is nothing.")
    return shown(qtbot, made, 420, 400)


def click(made: TickList, row: int, column: int = TITLE, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    place = made.view.visualRect(made.rows.index(row, column)).center()
    QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def press(widget: QWidget, *keys: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QTest.keyClick(widget, key, modifier)


# The form


def test_every_kind_of_option_has_its_input(form: OptionsForm) -> None:
    kinds = {name: type(made) for name, made in form.inputs.items()}
    assert kinds == {
        "which": TickList, "who": TickList, "pages": TickList, "switch": Switch, "course_says": OneOf, "word": Radios,
        "long_word": Radios, "many": OneOf, "perhaps": Radios, "text": Line, "note": Line, "number": Number,
        "limit": Number, "folder": FolderInput, "day": DayInput, "csv": Radios,
    }  # fmt: skip
    assert {field.kind for field in form.fields} == set(FieldKind) - {FieldKind.COURSE, FieldKind.SEVERAL}


def test_a_form_that_nobody_touched_gives_the_defaults(form: OptionsForm) -> None:
    assert form.values() == Everything().model_dump()
    assert checked(Everything, form.values()) == Everything()


CHOSEN: dict[str, Any] = {
    "which": ("a2", "a4"), "who": ("s1",), "pages": ("Notes",), "switch": False, "course_says": False,
    "word": "pseudonyms", "long_word": "c", "many": "d", "perhaps": "y", "text": "Hello", "note": "x", "number": 0,
    "limit": 12, "folder": "/exports", "day": "2026-02-28", "csv": "programs",
}  # fmt: skip


def test_every_value_that_is_set_comes_out_again(form: OptionsForm) -> None:
    form.set_values(CHOSEN)
    assert form.values() == CHOSEN
    form.set_values(Everything().model_dump())
    assert form.values() == Everything().model_dump()


def test_a_form_begins_with_the_values_it_was_given(qtbot: QtBot) -> None:
    made = OptionsForm(fields_of(Everything), CHOSEN, Choices(ASSIGNMENTS, STUDENTS, BLUEPRINTS))
    qtbot.addWidget(made)
    assert made.values() == CHOSEN


def test_each_input_says_that_it_changed(qtbot: QtBot, form: OptionsForm) -> None:
    for name, value in CHOSEN.items():
        with qtbot.waitSignal(form.changed):
            form.inputs[name].set_value(value)


def test_an_option_that_the_course_decides_has_three_choices_in_words(form: OptionsForm) -> None:
    made = form.inputs["course_says"]
    assert isinstance(made, OneOf)
    assert [made.itemText(n) for n in range(made.count())] == ["as the course is set", "yes", "no"]
    press(made, Key.Key_Down)
    assert made.value() is True


def test_two_or_three_choices_are_all_in_sight_and_four_are_in_a_box(form: OptionsForm) -> None:
    word, perhaps = form.inputs["word"], form.inputs["perhaps"]
    assert isinstance(word, Radios)
    assert isinstance(perhaps, Radios)
    assert [radio.text() for radio in word.buttons] == ["by name", "by pseudonym"]
    assert [radio.text() for radio in perhaps.buttons] == ["not set", "x", "y"]
    word.setFocus()
    assert word.buttons[0].hasFocus()
    press(word.buttons[0], Key.Key_Right)
    assert word.value() == "pseudonyms"
    assert word.focusProxy() is word.buttons[1]


def test_long_choices_stand_one_under_the_other(form: OptionsForm) -> None:
    made = form.inputs["long_word"]
    assert isinstance(made, Radios)
    assert len({radio.x() for radio in made.buttons}) == 1
    assert len({radio.y() for radio in made.buttons}) == 3


def test_a_number_has_its_limits_its_unit_and_words_for_nought(form: OptionsForm) -> None:
    made = form.inputs["number"]
    assert isinstance(made, Number)
    assert (made.minimum(), made.maximum(), made.text()) == (0, 30, "7 days")
    made.setValue(0)
    assert made.text() == "for ever"
    assert made.value() == 0


def test_a_number_that_may_be_left_out_can_be_none_at_all(form: OptionsForm) -> None:
    made = form.inputs["limit"]
    assert isinstance(made, Number)
    assert (made.text(), made.value()) == ("not set", None)
    made.stepUp()
    assert made.value() == 1
    made.stepDown()
    assert made.value() is None


def test_a_folder_is_chosen_written_or_the_default(qtbot: QtBot, form: OptionsForm, tmp_path: Any) -> None:
    made = form.inputs["folder"]
    assert isinstance(made, FolderInput)
    assert made.line.placeholderText() == "in the library"
    assert not made.reset.isEnabled()
    made.choose.click()
    dialogs = [child for child in form.window().children() if isinstance(child, QFileDialog)]
    assert dialogs[0].isModal()
    dialogs[0].setDirectory(str(tmp_path.parent))
    dialogs[0].selectFile(str(tmp_path))
    dialogs[0].accept()
    assert made.value() == str(tmp_path)
    made.reset.click()
    assert made.value() == ""


def day_input(form: OptionsForm) -> DayInput:
    made = form.inputs["day"]
    assert isinstance(made, DayInput)
    return made


@pytest.fixture
def language() -> Iterator[Callable[[str], None]]:
    """Sets the language for a test."""
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("name", "text", "day", "tidied"),
    [
        ("en_GB", "2/3/2026", "2026-03-02", "02/03/2026"),
        ("en_GB", "2.3.26", "2026-03-02", "02/03/2026"),
        ("en_GB", " 2026-3-2 ", "2026-03-02", "02/03/2026"),
        ("en_US", "2/3/2026", "2026-02-03", "2/3/2026"),
        ("de_DE", "2.3.26", "2026-03-02", "02.03.2026"),
        ("fa_IR", "۲۰۲۶/۳/۲", "2026-03-02", "۲۰۲۶/۳/۲"),
        ("en_GB", "31/2/2026", "31/2/2026", "31/2/2026"),
        ("en_GB", "2/3/202", "2/3/202", "2/3/202"),
        ("en_GB", "soon", "soon", "soon"),
        ("en_GB", "", "", ""),
    ],
)
def test_a_day_is_written_as_the_teacher_writes_days_and_one_that_is_none_stays_to_be_mended(
    form: OptionsForm, language: Callable[[str], None], name: str, text: str, day: str, tidied: str
) -> None:
    language(name)
    made = day_input(form)
    made.line.insert(text)  # as an input method does
    assert made.value() == day
    press(made.line, Key.Key_Return)
    assert made.line.text() == tidied
    assert (made.value(), bool(faults(Everything, form.values()))) == (day, day == tidied != "")


def test_in_every_language_a_day_is_read_as_it_was_written(language: Callable[[str], None]) -> None:
    any_of_all = QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    locales = {locale.name() for locale in QLocale.matchingLocales(*any_of_all)}
    assert len(locales) > 300
    for name in locales:
        language(name)
        for day in (QDate(2026, 3, 2), QDate(2019, 12, 31)):
            assert day_of(written(day)) == day, name


def test_a_day_goes_on_by_keys_and_without_one_says_what_holds(form: OptionsForm) -> None:
    made = day_input(form)
    assert made.line.placeholderText() == "as the course is set"
    made.set_value("2026-02-28")
    press(made.line, Key.Key_Up)
    assert made.value() == "2026-03-01"
    press(made.line, Key.Key_PageDown, Key.Key_Down)
    assert made.value() == "2026-01-31"
    press(made.line, Key.Key_PageUp)
    assert made.value() == "2026-02-28"
    made.line.clear()
    press(made.line, Key.Key_Up)
    assert made.value() == QDate.currentDate().toString(Qt.DateFormat.ISODate)


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the platform without a screen says of such windows
@pytest.mark.parametrize(("key", "day"), [(Key.Key_Return, "2026-03-01"), (Key.Key_Escape, "2026-02-28")])
def test_a_day_is_picked_in_a_calendar_by_keyboard_and_escape_leaves_it_as_it_was(
    qtbot: QtBot, form: OptionsForm, key: Qt.Key, day: str
) -> None:
    made = day_input(form)
    made.set_value("2026-02-28")
    press(made.choose, Key.Key_Space)
    calendar = made.findChild(Calendar)
    assert calendar is not None
    qtbot.waitUntil(calendar.isVisible)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert calendar.isAncestorOf(focused)
    press(focused, Key.Key_Right)
    with qtbot.waitSignal(calendar.destroyed):
        press(focused, key)
    assert made.value() == day
    assert made.line.accessibleName() == "From"
    assert made.choose.accessibleName() == "Calendar: From"


def test_the_wheel_over_a_field_scrolls_and_changes_nothing(form: OptionsForm) -> None:
    made = form.inputs["number"]
    assert isinstance(made, Number)
    form.inputs["text"].setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(made, wheel)
    assert made.value() == 7


def test_what_is_wrong_stands_beside_its_field_and_goes_when_it_is_right(form: OptionsForm) -> None:
    text = form.inputs["text"]
    assert isinstance(text, Line)
    text.setText("much too long for it")
    form.show_faults(faults(Everything, form.values()))
    assert form.faults["text"].isVisible()
    assert form.faults["text"].text() == "At most ten letters, please."
    assert [name for name, says in form.faults.items() if says.text()] == ["text"]
    assert text.accessibleDescription() == "At most ten letters, please. On the first page."
    text.setText("short")
    form.show_faults(faults(Everything, form.values()))
    assert not form.faults["text"].isVisible()
    assert text.accessibleDescription() == "On the first page."


def test_options_that_few_change_are_folded_away_until_one_of_them_is_wrong(form: OptionsForm) -> None:
    assert form.fold is not None
    csv = form.inputs["csv"]
    assert not csv.isVisible()
    press(form.fold.button, Key.Key_Space)
    assert csv.isVisible()
    assert form.fold.button.accessibleName() == "More options, open"
    press(form.fold.button, Key.Key_Space)
    form.show_faults({"csv": "It must be one of these."})
    assert csv.isVisible()


def test_where_there_is_nothing_else_nothing_is_folded_away(qtbot: QtBot) -> None:
    fields = [field for field in fields_of(Everything) if field.advanced]
    made = shown(qtbot, OptionsForm(fields), 600, 300)
    assert made.fold is None
    assert made.inputs["csv"].isVisible()


def test_what_is_offered_later_does_not_undo_what_was_chosen(form: OptionsForm) -> None:
    number = form.inputs["number"]
    assert isinstance(number, Number)
    number.setValue(3)
    form.offer({"number": 9, "text": "Offered", "unknown": 1})
    assert (form.values()["number"], form.values()["text"]) == (3, "Offered")
    form.offer({"text": "Again"})
    assert form.values()["text"] == "Again"


def test_nothing_ticked_is_a_problem_of_the_form(form: OptionsForm) -> None:
    made = form.inputs["which"]
    assert isinstance(made, TickList)
    made.none.click()
    assert form.values()["which"] == ()
    assert form.problems() == {"which": "Tick at least one assignment."}


def test_the_help_of_each_field_can_be_read_without_a_hover(form: OptionsForm) -> None:
    shown = {label.text() for label in form.findChildren(QLabel) if label.isVisible()}
    helps = {field.help for field in form.fields if not field.advanced and not field.kind.value.endswith("ts")}
    assert helps <= shown


def test_every_control_has_a_name_and_a_description_and_every_label_its_field(form: OptionsForm) -> None:
    controls = [made for made in form.findChildren(QWidget) if made.focusPolicy() & Qt.FocusPolicy.TabFocus]
    internal = {made for made in controls if made.objectName().startswith("qt_")}
    assert len(controls) > 20
    nameless = [made for made in controls if made not in internal and not made.accessibleName()]
    assert nameless == []
    assert [made for made in controls if made not in internal and not made.accessibleDescription()] == []
    titles = {field.title for field in form.fields} - {"Formulas & macros cannot run"}
    buddies = {label.text(): label.buddy() for label in form.findChildren(QLabel) if label.text() in titles}
    assert buddies.keys() == titles
    assert all(buddies.values())


def test_an_ampersand_in_a_title_is_an_ampersand(form: OptionsForm) -> None:
    box = form.inputs["switch"]
    assert isinstance(box, QCheckBox)
    assert box.text() == "Formulas && macros cannot run"
    assert box.accessibleName() == "Formulas & macros cannot run"


def test_tab_goes_through_the_form_as_the_eye_does(form: OptionsForm) -> None:
    form.enter()
    first = form.inputs["which"]
    assert isinstance(first, TickList)
    seen: list[QWidget] = []
    for _ in range(40):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in seen:
            break
        seen.append(focused)
        press(focused, Key.Key_Tab)
    assert seen[:4] == [first.search, first.all, first.none, first.view]
    tops = [made.mapTo(form, QPoint(0, 0)).y() for made in seen[8:]]
    assert all(below >= above - 8 for above, below in pairwise(tops))
    assert form.fold is not None
    assert form.fold.button in seen


# The tick list


def test_all_are_ticked_at_first_and_that_means_also_those_to_come(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    assert made.value() is None
    assert made.count.text() == "8 of 8 ticked"
    made.none.click()
    for row in range(8):
        click(made, row)
    assert made.value() is None


@pytest.mark.parametrize("column", [TITLE, NOTE])
def test_a_click_anywhere_on_a_row_ticks_it(qtbot: QtBot, column: int) -> None:
    made = tick_list(qtbot)
    with qtbot.waitSignal(made.changed):
        click(made, 1, column)
    assert made.value() == ("a1", "a3", "a4", "a5", "a6", "a7", "a8")
    assert made.count.text() == "7 of 8 ticked"
    click(made, 1, column)
    assert made.value() is None


def test_a_click_on_the_box_itself_ticks_once(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    place = made.view.visualRect(made.rows.index(2, TITLE)).topLeft() + QPoint(10, 10)
    QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert made.value() == ("a1", "a2", "a4", "a5", "a6", "a7", "a8")


def test_space_ticks_every_selected_row_as_the_current_one(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    made.none.click()
    click(made, 1)
    click(made, 4, TITLE, Qt.KeyboardModifier.ShiftModifier)
    assert made.value() == ("a2",)
    press(made.view, Key.Key_Space)
    assert made.value() == ("a2", "a3", "a4", "a5")
    click(made, 7, TITLE, Qt.KeyboardModifier.ControlModifier)
    press(made.view, Key.Key_Space)
    assert made.value() == ("a2", "a3", "a4", "a5", "a8")
    press(made.view, Key.Key_Space)
    assert made.value() == ()


def test_all_of_the_list_can_be_selected_and_unticked_by_keyboard(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    made.view.enter()
    press(made.view, Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    press(made.view, Key.Key_Space)
    assert made.value() == ()
    assert made.problem() == "Tick at least one thing."


def test_the_filter_finds_words_in_titles_and_notes_without_accents(qtbot: QtBot) -> None:
    made = tick_list(qtbot, (*ASSIGNMENTS, Tickable("é", "Módulo dos / Ejercicio", "no answers yet")))
    made.search.setText("modulo EJER")
    assert [thing.id for thing in made.rows.shown] == ["é"]
    assert made.count.text() == "9 of 9 ticked, 1 shown"
    made.search.setText("3 answered")
    assert [thing.id for thing in made.rows.shown] == ["a3"]
    press(made.search, Key.Key_Escape)
    assert made.count.text() == "9 of 9 ticked"


def test_all_and_none_act_on_what_the_filter_shows_and_say_so(qtbot: QtBot) -> None:
    made = tick_list(qtbot, STUDENTS)
    assert made.none.toolTip() == "Unticks everything that the filter shows"
    made.search.setText("inactive")
    made.none.click()
    made.search.clear()
    assert made.count.text() == "270 of 300 ticked"
    ticked = made.value()
    assert ticked is not None
    assert "s10" not in ticked
    made.none.click()
    made.search.setText("007")
    made.all.click()
    assert made.value() == ("s7",)


def test_enter_and_down_go_from_the_filter_to_the_first_row(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    for key in (Key.Key_Return, Key.Key_Down):
        made.search.setFocus()
        made.search.setText("task 5")
        press(made.search, key)
        assert made.view.hasFocus()
        assert made.view.currentIndex().row() == 0
    press(made.view, Key.Key_Space)
    assert made.value() == ("a1", "a2", "a3", "a4", "a6", "a7", "a8")


def test_three_hundred_rows_have_no_widgets_of_their_own(qtbot: QtBot) -> None:
    made = tick_list(qtbot, STUDENTS)
    assert made.rows.rowCount() == 300
    assert len(made.findChildren(QWidget)) < 30
    assert made.findChildren(QAbstractButton) == made.findChildren(QAbstractButton)[:4]


def test_one_change_of_three_hundred_ticks_is_one_signal(qtbot: QtBot) -> None:
    made = tick_list(qtbot, STUDENTS)
    heard: list[str] = []
    made.changed.connect(lambda: heard.append("changed"))
    made.rows.dataChanged.connect(lambda *_: heard.append("painted"))
    made.none.click()
    made.none.click()
    assert heard == ["painted", "changed"]


def test_a_row_says_its_note_and_whether_it_is_ticked_to_a_screen_reader(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    index = made.rows.index(0, TITLE)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Module 1 / Task 1, 1 answered"
    reader = QAccessible.queryAccessibleInterface(made.view)
    assert reader.text(QAccessible.Text.Name) == "Things"
    assert [reader.child(n).text(QAccessible.Text.Name) for n in range(2)] == ["Name", "Note"]
    cell = reader.child(2)
    assert cell.text(QAccessible.Text.Name) == "Module 1 / Task 1, 1 answered"
    assert cell.state().checkable
    assert cell.state().checked


def test_what_was_ticked_can_be_set_by_a_screen_reader(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    off, role = Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    assert made.rows.setData(made.rows.index(0, TITLE), off, role)
    assert not made.rows.setData(made.rows.index(1, TITLE), "other", Qt.ItemDataRole.EditRole)
    assert made.value() == ("a2", "a3", "a4", "a5", "a6", "a7", "a8")


def test_ids_that_are_not_there_are_passed_over(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    made.set_value(["a3", "gone", "a1"])
    assert made.value() == ("a1", "a3")
    made.set_value(["gone"])
    assert made.problem()


def test_an_empty_list_says_so_and_stands_for_all(qtbot: QtBot) -> None:
    made = tick_list(qtbot, ())
    assert [label.text() for label in made.findChildren(QLabel) if label.isVisible()][-1] == "There is nothing."
    assert made.value() is None
    assert made.problem() == ""


def test_a_title_that_does_not_fit_is_in_its_tooltip_and_is_never_read_as_html(qtbot: QtBot) -> None:
    made = tick_list(qtbot, (Tickable("a", "<b>bold</b> words", "1 answered"),))
    tip = made.rows.index(0, TITLE).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip


def test_tick_lists_stand_under_each_other_where_there_is_no_room_beside(qtbot: QtBot) -> None:
    made = OptionsForm(fields_of(Everything), None, Choices(ASSIGNMENTS, STUDENTS, BLUEPRINTS))
    shown(qtbot, made, 1000, 900)
    which, who = made.inputs["which"], made.inputs["who"]
    assert which.mapTo(made, QPoint()).y() == who.mapTo(made, QPoint()).y()
    made.resize(380, 900)
    qtbot.waitUntil(lambda: which.mapTo(made, QPoint()).y() < who.mapTo(made, QPoint()).y())


def test_letters_typed_into_the_list_find_a_row(qtbot: QtBot) -> None:
    made = tick_list(qtbot, (*ASSIGNMENTS, Tickable("p", "Portfolio")))
    made.view.enter()
    QTest.keyClicks(made.view, "port")
    assert made.view.currentIndex().row() == 8
    assert made.value() is None


def test_only_titles_have_a_box(qtbot: QtBot) -> None:
    made = tick_list(qtbot)
    checkable = Qt.ItemFlag.ItemIsUserCheckable
    assert made.rows.flags(made.rows.index(0, TITLE)) & checkable
    assert not made.rows.flags(made.rows.index(0, NOTE)) & checkable
    assert made.rows.rowCount(made.rows.index(0, TITLE)) == 0
    assert made.rows.rowCount(QModelIndex()) == 8


def test_the_icon_of_a_sentence_follows_light_and_dark(qtbot: QtBot) -> None:
    says = Says()
    says.say("Shorter, please.")
    shown(qtbot, says, 300, 60)
    before = QApplication.palette()
    for scheme in (theme.DARK, theme.LIGHT):
        QApplication.setPalette(theme.palette_of(scheme))
        qtbot.waitUntil(partial(wears, says, scheme.warning))
    QApplication.setPalette(before)


def wears(says: Says, colour: str) -> bool:
    """Whether the icon is of this colour and no other."""
    pictures = [label.pixmap() for label in says.findChildren(QLabel) if not label.pixmap().isNull()]
    image = pictures[0].toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255} == {colour}
