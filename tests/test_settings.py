"""Settings are declared like options, kept one row each, and never keep the program from starting."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from exporting import bring_in, export

from exportmanager.core.errors import BadOptions, LibraryDamaged, NotFound
from exportmanager.core.meter import Meter
from exportmanager.core.options import FieldKind, NoOptions
from exportmanager.core.settings.kept import all_groups
from exportmanager.core.settings.shelf import ShelfSettings
from exportmanager.core.settings.window import WindowSettings
from exportmanager.program import Program

GROUPS = all_groups()
FIELDS = [(group.id, name, field) for group in GROUPS.values() for name, field in group.settings()]


@pytest.fixture
def later(program: Program) -> Iterator[Program]:
    """The next start, made when a test asks for it."""
    later = Program(program.library.folder, program.clock)
    yield later
    later.close()


def rows(program: Program) -> dict[str, Any]:
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database:
        return dict(database.execute("SELECT name, value FROM settings"))


def test_groups_stand_in_the_order_of_the_screen_and_say_what_they_are() -> None:
    assert list(GROUPS) == ["shelf", "saving", "window", "archives"]
    assert len({group.position for group in GROUPS.values()}) == len(GROUPS)
    assert all(group.title and group.summary.endswith(".") for group in GROUPS.values())


@pytest.mark.parametrize(("group", "name", "field"), FIELDS, ids=[name for _, name, _ in FIELDS])
def test_every_setting_says_what_it_is(group: str, name: str, field: Any) -> None:
    assert field.title
    assert field.help.endswith(".")
    assert not field.optional
    if field.kind is FieldKind.FOLDER:
        assert (field.default, bool(field.zero)) == ("", True)
    if field.kind is FieldKind.CHOICE:
        assert field.labels != field.choices, "words for teachers"
    assert GROUPS[group].Options.model_validate({field.name: field.default}) == GROUPS[group].Options()


def test_no_two_settings_have_one_row_and_none_that_of_something_else() -> None:
    names = [name for _, name, _ in FIELDS]
    assert len(set(names)) == len(names)
    assert not {"pseudonym-key", "privacy-key", "clock-last-seen", "shelf-leftovers"} & set(names)
    assert "shelf-days" in names, "libraries of the first version have it"


def test_a_number_of_days_has_limits_a_unit_and_words_for_zero() -> None:
    (days,) = [field for _, name, field in FIELDS if name == "shelf-days"]
    assert (days.minimum, days.maximum, days.unit, days.zero) == (0, 3650, "days", "until I remove them")


def test_at_first_everything_is_the_default(program: Program) -> None:
    assert [program.settings(group) for group in GROUPS] == [group.Options() for group in GROUPS.values()]
    assert rows(program) == {}


def test_what_is_changed_stays_and_the_rest_is_left_alone(program: Program, later: Program) -> None:
    program.change_settings("window", {"appearance": "dark"})
    program.change_settings("shelf", {"shelf_days": 30})
    assert later.settings("window") == WindowSettings(appearance="dark")
    assert later.settings("shelf") == ShelfSettings(shelf_days=30)
    assert rows(program) == {"appearance": '"dark"', "shelf-days": "30"}
    program.change_settings("window", {"appearance": "system"})
    assert later.settings("window") == WindowSettings()


@pytest.mark.parametrize(
    ("group", "values", "sentence"),
    [
        ("shelf", {"shelf_days": -1}, "Keep for: it must be at least 0."),
        ("shelf", {"shelf_days": 3651}, "Keep for: it must be at most 3650."),
        ("saving", {"save_folder": "here"}, "Save copies in: it must be a folder's whole path."),
        ("window", {"appearance": "pink"}, "Appearance: it must be 'system', 'light' or 'dark'."),
        ("window", {"colour": "pink"}, "There is no option called colour."),
        ("shelf", {"shelf_folder": str(Path.cwd())}, "The shelf moves with its files, which takes a while."),
        ("shelf", {"shelf_folder": ["a list"]}, "The shelf moves with its files, which takes a while."),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(
    program: Program, group: str, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadOptions) as raised:
        program.change_settings(group, {"shelf_days": 5, **values} if group == "shelf" else values)
    assert raised.value.what == sentence
    assert raised.value.next_step
    assert rows(program) == {}


def test_a_form_may_give_the_whole_group_back_also_when_the_shelf_has_moved(program: Program, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    program.move_shelf(tmp_path / "new", Meter())
    values = program.settings("shelf").model_dump()
    assert values["shelf_folder"] == str(tmp_path / "new")
    program.change_settings("shelf", values | {"shelf_days": 3})
    assert program.settings("shelf").model_dump() == values | {"shelf_days": 3}


def test_there_is_no_group_that_nobody_declared(program: Program) -> None:
    for call in (program.settings, lambda name: program.change_settings(name, {})):
        with pytest.raises(NotFound):
            call("colours")


@pytest.mark.parametrize("value", ["99999", "-1", '"many"', "null", "[]", "{}", "no JSON", "1.5", "", "NaN"])
@pytest.mark.parametrize("name", [name for _, name, _ in FIELDS])
def test_what_somebody_wrote_into_the_table_by_hand_is_the_default(program: Program, name: str, value: str) -> None:
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        database.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, value))
    later = Program(program.library.folder, program.clock)
    later.tidy()
    assert [later.settings(group) for group in GROUPS] == [group.Options() for group in GROUPS.values()]
    assert later.shelf.folder == program.library.folder / "shelf"
    later.close()


def test_a_setting_of_a_newer_program_is_left_alone(program: Program, later: Program) -> None:
    program.library.set_setting("shelf-colour", "blue")
    program.change_settings("shelf", {"shelf_days": 1})
    assert later.settings("shelf") == ShelfSettings(shelf_days=1)
    assert rows(program)["shelf-colour"] == '"blue"'


@pytest.mark.parametrize(("kept", "days"), [(30, 30), (0, None), (None, 7)])
def test_the_days_of_a_library_of_the_first_version_go_on_counting(
    program: Program, tmp_path: Path, kept: int | None, days: int | None
) -> None:
    program.library.set_setting("shelf-days", kept)
    assert program.shelf_days() == days
    bring_in(program, tmp_path / "course")
    expires_at = export(program).expires_at
    assert (expires_at and (expires_at - program.clock()).days) == days


def test_tables_are_first_offered_as_they_are_set(program: Program) -> None:
    coursework = program.kinds["coursework"].Options
    assert program.first_options("coursework") == coursework()
    program.change_settings("saving", {"csv": "programs"})
    assert program.first_options("coursework") == coursework.model_validate({"csv": "programs"})
    assert coursework().model_dump()["csv"] == "spreadsheets", "a request of another process is not touched"
    with pytest.raises(NotFound):
        program.first_options("nothing")


@pytest.mark.parametrize(
    ("kept", "decimal_point", "offered"),
    [
        ("system", ".", "comma"),
        ("system", ",", "semicolon"),
        ("system", "\u066b", "comma"),
        ("comma", ",", "comma"),
        ("semicolon", ".", "semicolon"),
        ("tab", ",", "tab"),
    ],
)
def test_tables_have_the_separator_that_spreadsheets_expect_here_unless_another_is_set(
    tmp_path: Path, kept: str, decimal_point: str, offered: str
) -> None:
    with closing(Program(tmp_path / "library", decimal_point=decimal_point)) as program:
        program.change_settings("saving", {"separator": kept})
        assert program.first_options("access").model_dump()["separator"] == offered


def test_a_kind_without_tables_has_its_own_defaults(program: Program) -> None:
    class Plain:
        id = "plain"
        Options = NoOptions

    program.change_settings("saving", {"csv": "programs"})
    program.kinds = {"plain": Plain()}  # type: ignore[dict-item]
    assert program.first_options("plain") == NoOptions()


def test_copies_go_where_it_is_set_else_to_the_downloads(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_downloads_dir", lambda: str(tmp_path / "down"))
    monkeypatch.setattr("platformdirs.user_desktop_dir", lambda: str(tmp_path / "desk"))
    assert program.save_folder() == Path.home()
    (tmp_path / "desk").mkdir()
    assert program.save_folder() == tmp_path / "desk"
    (tmp_path / "down").mkdir()
    assert program.save_folder() == tmp_path / "down"
    program.change_settings("saving", {"save_folder": str(tmp_path)})
    assert program.save_folder() == tmp_path


# The key of pseudonyms


def test_the_key_of_pseudonyms_can_be_replaced_and_set_again(program: Program, later: Program) -> None:
    before = program.pseudonym_key_hex()
    assert bytes.fromhex(before) == program.library.pseudonym_key()
    new = program.replace_pseudonym_key()
    assert new != before
    assert later.pseudonym_key_hex() == new
    assert len(bytes.fromhex(new)) == 32
    assert program.replace_pseudonym_key(before.upper()) == before
    assert later.pseudonym_key_hex() == before


@pytest.mark.parametrize("key", ["", "00", "0" * 31, "0" * 33, "g" * 64, " " + "0" * 64, "0" * 130])
def test_what_is_no_key_is_refused(program: Program, key: str) -> None:
    before = program.pseudonym_key_hex()
    with pytest.raises(BadOptions) as raised:
        program.replace_pseudonym_key(key)
    assert raised.value.next_step
    assert program.pseudonym_key_hex() == before


def test_a_damaged_key_can_be_replaced(program: Program) -> None:
    program.library.set_setting("pseudonym-key", "no hex")
    with pytest.raises(LibraryDamaged):
        program.pseudonym_key_hex()
    assert program.replace_pseudonym_key() == program.pseudonym_key_hex()
