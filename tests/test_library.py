"""What the library keeps, and how it is found again."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from building import CourseBuilder
from handling import bring_in, dump, small_course
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from exportmanager.core.course import AssignmentId, CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import Ambiguous, Cancelled, LibraryDamaged, NotFound
from exportmanager.library import db
from exportmanager.library.library import Library
from exportmanager.library.types import Json, UtcDateTime
from exportmanager.program import Program


def test_a_moment_comes_back_in_utc_whatever_its_zone_was() -> None:
    table = Table("moments", MetaData(), Column("number", Integer), Column("at", UtcDateTime))
    moments = [
        datetime(2026, 3, 2, 12, tzinfo=UTC),
        datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(1969, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8))),
    ]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"number": n, "at": at} for n, at in enumerate(moments)])
        connection.execute(insert(table), {"number": 9, "at": None})
        found = list(connection.execute(select(table.c.at).order_by(table.c.number)).scalars())
        earliest = connection.execute(
            select(table.c.number).order_by(table.c.at).where(table.c.at.is_not(None))
        ).scalar()
    engine.dispose()
    assert found == [*moments, None]
    assert all(at is None or at.tzinfo is UTC for at in found)
    assert earliest == 2


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(AssertionError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2), create_engine("sqlite://").dialect)


def test_equal_values_are_equal_texts() -> None:
    dialect = create_engine("sqlite://").dialect
    texts = [Json().process_bind_param(value, dialect) for value in ({"a": 1, "ü": [None]}, {"ü": [None], "a": 1})]
    assert texts[0] == texts[1] == '{"a":1,"ü":[null]}'


def test_a_key_that_was_tampered_with_gets_a_sentence(program: Program) -> None:
    program.library.set_setting("pseudonym-key", "no hex")
    with pytest.raises(LibraryDamaged, match="key for pseudonyms"):
        program.library.pseudonym_key()


def test_settings_are_kept_and_forgotten(program: Program, tmp_path: Path) -> None:
    for value in (5, "text", [1, None], {"a": True}, 0, False, ""):
        program.library.set_setting("one", value)
        assert program.library.setting("one", "default") == value
    program.library.set_setting("one", None)
    assert program.library.setting("one", "default") == "default"
    bring_in(program, small_course(tmp_path / "course"))
    assert program.library.course_settings(CourseId("course-1")) == CourseSettings()
    program.library.set_course_settings(CourseId("course-1"), CourseSettings(include_inactive=True))
    again = Library(program.library.folder)
    assert again.course_settings(CourseId("course-1")).include_inactive
    again.close()


@pytest.fixture
def four(program: Program, tmp_path: Path) -> Library:
    for number, (title, code) in enumerate(
        (("Introduction to Loops", "CS101"), ("Advanced Loops", "CS201"), ("Straße des Lebens", "CS201"), ("Größe", ""))
    ):
        bring_in(program, small_course(tmp_path / f"c{number}", id=f"Id-{number}", title=title, code=code))
    return program.library


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Id-1", "Id-1"),
        ("id-1", "Id-1"),
        ("cs101", "Id-0"),
        ("advanced", "Id-1"),
        ("STRASSE", "Id-2"),
        ("größe", "Id-3"),
    ],
)
def test_a_course_is_found_by_id_code_or_part_of_its_title(four: Library, word: str, found: str) -> None:
    assert four.find_course(word) == found


@pytest.mark.parametrize(("word", "number"), [("cs201", 2), ("loops", 2), ("s", 4)])
def test_a_word_that_fits_several_courses_names_them(four: Library, word: str, number: int) -> None:
    with pytest.raises(Ambiguous, match=rf"{word} fits {number} courses: .*\(Id-\d\)"):
        four.find_course(word)


@pytest.mark.parametrize("word", ["nowhere", "", " ", "Id-", "%", "_"])
def test_a_word_that_fits_no_course_gets_a_sentence(four: Library, word: str) -> None:
    with pytest.raises(NotFound):
        four.find_course(word)


def test_an_id_goes_before_a_code(program: Program, tmp_path: Path) -> None:
    bring_in(program, small_course(tmp_path / "one", id="twin", code="x"))
    bring_in(program, small_course(tmp_path / "two", id="other", code="twin"))
    assert program.library.find_course("twin") == "twin"


def test_a_course_that_is_not_there_gets_a_sentence(program: Program) -> None:
    with pytest.raises(NotFound), program.library.course(CourseId("nowhere")):
        pytest.fail("there is no such course")


def test_a_long_statement_is_ended_by_what_its_check_raises(program: Program) -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Cancelled

    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"
    with (
        pytest.raises(Cancelled),
        db.reading(program.library._engine) as connection,
        db.interruptible(connection, check),
    ):
        connection.exec_driver_sql(endless).all()
    assert asked == 3
    program.library.set_setting("colour", "blue")


def test_a_large_course_is_read_in_pieces(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    for attempt in range(1, 15_001):
        builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=attempt, answer="x" * 300)
    bring_in(program, builder.write())
    with program.library.course(CourseId("course-1")) as one:
        tracemalloc.start()
        number = sum(1 for _ in one.answers(AssignmentId("a1")))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert number == 15_000
    assert peak < 3_000_000, "300 bytes of each would be 4.5 million"


def test_a_course_has_two_keys_that_stay_and_have_nothing_to_do_with_each_other(
    program: Program, tmp_path: Path
) -> None:
    bring_in(program, small_course(tmp_path / "course"))
    keys = []
    for _ in range(2):
        with program.library.course(CourseId("course-1")) as one:
            keys.append((one.pseudonym_key, one.privacy_key))
    assert keys[0] == keys[1]
    assert [len(key) for key in keys[0]] == [32, 32]
    program.replace_pseudonym_key()
    with program.library.course(CourseId("course-1")) as one:
        assert one.privacy_key == keys[0][1]
        assert len({one.pseudonym_key, *keys[0]}) == 3


def test_reading_changes_nothing(program: Program, tmp_path: Path) -> None:
    bring_in(program, small_course(tmp_path / "course"))
    with program.library.course(CourseId("course-1")) as one:  # the keys are made when they are first needed
        assert one.pseudonym_key != one.privacy_key
    before = dump(program.library.folder)
    with program.library.course(CourseId("course-1")) as one:
        list(one.results())
        list(one.workspaces())
        one.import_gaps()
    program.library.courses()
    assert dump(program.library.folder) == before
