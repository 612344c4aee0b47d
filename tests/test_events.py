"""Access events and coach logs come in by the million: equal ones of a file are told apart, and none is doubled."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from handling import DATABASE, dump, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.course import CourseId, CourseInfo, Student, StudentId
from exportmanager.core.errors import Cancelled
from exportmanager.core.events import AccessRow, CoachLog
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.report import Change
from exportmanager.core.source import CourseWriter
from exportmanager.library import schema
from exportmanager.library.db import migrating, open_engine
from exportmanager.library.library import Library
from exportmanager.program import Program

COURSE = CourseId("course-1")
START = datetime(2026, 2, 1, 9, tzinfo=UTC)
STUDENTS = [StudentId(f"s{number}") for number in range(4)]


def event(minutes: int, student: int = 0, kind: str = "log_in", **extra: str) -> AccessRow:
    return START + timedelta(minutes=minutes), STUDENTS[student], kind, None, "student", "", "192.0.2.1", extra


@contextlib.contextmanager
def writing(library: Library, meter: Meter | None = None, course: CourseId = COURSE) -> Iterator[CourseWriter]:
    with library.writer("test", START, meter or Meter()) as writer:
        writer.partial()
        writer.course(CourseInfo(id=course, title="A course", taken_on=date(2026, 3, 1)))
        for student in STUDENTS:
            writer.student(Student(id=student))
        yield writer


def take(library: Library, *files: Iterable[AccessRow], course: CourseId = COURSE) -> Change:
    """Take files of access events in, as one import; what it did."""
    with writing(library, course=course) as writer:
        for file in files:
            writer.another_file()
            writer.access_events(file)
        return writer.finish().of("access")


def held(folder: Path, course: str = COURSE) -> list[tuple[str, str, str, int, int]]:
    """For each event that is there, the highest of its numbers, and how many there are."""
    query = f"""SELECT user_id, at, type, max(occurrence), count(*) FROM access_events WHERE course_id = '{course}'
    GROUP BY user_id, at, type ORDER BY at, user_id, type"""
    return rows(folder, query)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One for many examples."""
    with contextlib.closing(Library(tmp_path_factory.mktemp("library"))) as library:
        yield library


@settings(max_examples=30)
@given(
    st.integers(),
    st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(["log_in", "log_out"])))),
)
def test_each_event_is_there_as_often_as_the_file_that_has_it_most_often_says(
    library: Library, number: int, files: list[list[tuple[int, int, str]]]
) -> None:
    course = CourseId(f"course-{number}-{len(library.courses())}")
    most = {one: max(file.count(one) for file in files) for file in files for one in file}
    changes = [take(library, *([event(*one) for one in file] for file in files), course=course) for _ in range(2)]
    read = sum(map(len, files))
    assert changes[0].added == sum(most.values())
    assert changes[1] == Change(thing="access", read=read, unchanged=read)
    expected = sorted(
        (f"{START + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}.000000", f"s{student}", kind, times)
        for (minutes, student, kind), times in most.items()
    )
    found = held(library.folder, course)
    assert [(at, user, kind, times) for user, at, kind, _, times in found] == expected
    assert all(highest == times for *_, highest, times in found)


def take_with(library: Library, meter: Meter, events: Iterable[AccessRow]) -> None:
    with writing(library, meter) as writer:
        writer.access_events(events)
        writer.finish()


def test_files_that_overlap_come_in_once_in_whatever_order(program: Program) -> None:
    early, late = [event(n) for n in range(0, 30)], [event(n) for n in range(20, 50)]
    assert take(program.library, late, early).added == 50
    assert take(program.library, early).added == 0
    assert take(program.library, late, [*early, event(0)]).added == 1


def test_the_order_of_lines_and_the_zone_make_no_difference(program: Program) -> None:
    events = [event(n // 3, n % 4) for n in range(6_000)]
    assert take(program.library, events).added == 6_000
    zone = timezone(timedelta(hours=5, minutes=30))
    moved = [(at.astimezone(zone), *rest) for at, *rest in events]
    random.Random(1).shuffle(moved)
    assert take(program.library, moved).added == 0  # type: ignore[arg-type]  # a tuple of the same things


def test_what_else_a_line_says_tells_events_apart(program: Program) -> None:
    assert take(program.library, [event(0), event(0, note="a"), event(0, note="b"), event(0, note="a")]).added == 4
    texts = [row[0] for row in rows(program.library.folder, "SELECT extra FROM access_events ORDER BY extra")]
    assert texts == ['{"note":"a"}', '{"note":"a"}', '{"note":"b"}', "{}"]


def test_moments_are_kept_to_the_microsecond_also_long_ago(program: Program) -> None:
    moments = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1901, 1, 1, 0, 0, 0, 7, tzinfo=UTC),
        datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC),
        START,
    ]
    _, *rest = event(0)
    assert take(program.library, [(at, *rest) for at in moments]).added == 4  # type: ignore[misc]  # a tuple
    with program.library.course(COURSE):
        record = program.library.student(COURSE, STUDENTS[0])
    assert [log.at for log in record.access] == sorted(moments, reverse=True)


def test_one_event_thousands_of_times(program: Program) -> None:
    assert take(program.library, [event(0)] * 9_000 + [event(1)]).added == 9_001
    assert take(program.library, [event(0)] * 9_002).added == 2
    assert [numbers for *_, numbers in held(program.library.folder)] == [9_002, 1]


def test_coach_logs_are_counted_as_events_are(program: Program) -> None:
    log = CoachLog(at=START, user_id=STUDENTS[0], question="Why?", response="x" * 5_000)
    found = []
    for number in (2, 2, 3):
        with writing(program.library) as writer:
            for _ in range(2):
                writer.another_file()
                for _ in range(number):
                    writer.coach_log(log)
            found.append(writer.finish().of("coach_logs").added)
    assert found == [2, 0, 1]


def test_memory_does_not_grow_with_the_number_of_events(program: Program) -> None:
    """Python's; SQLite's is bounded by the cache that it is given."""
    peaks = []
    take(program.library, [event(0)])
    for number in (10_000, 60_000):
        tracemalloc.start()
        take(program.library, (event(n, n % 4) for n in range(number)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_stop_while_events_are_taken_in_leaves_the_library_as_it_was(program: Program) -> None:
    take(program.library, [event(0)])
    before = dump(program.library.folder)
    asked = 0
    stage = ""

    def see(progress: Progress) -> None:
        nonlocal stage
        stage = progress.stage

    def stop() -> bool:
        nonlocal asked
        asked += stage == "Taking it into the library"
        return asked > 3

    with pytest.raises(Cancelled):
        take_with(program.library, Meter(see, stop), (event(n, n % 4) for n in range(50_000)))
    assert asked == 4
    assert dump(program.library.folder) == before


def put(database: sqlite3.Connection, at: str, occurrence: int, extra: str) -> None:
    """An event as version 0002 kept it; only its digest was made otherwise."""
    values = ("course-1", f"{at}{occurrence}{extra}".encode(), occurrence, at, "s0", "log_in", None, "student", "")
    database.execute(
        "INSERT INTO access_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, "192.0.2.1", extra)
    )


def test_events_of_an_older_library_are_known_again(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / DATABASE)
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as database, database:
        database.execute(
            "INSERT INTO courses VALUES "
            "('course-1', 'A course', '', '', '', ?, ?, 'UTC', '2026-03-01', 0, ?, 0, 0, 0, '{}', 0)",
            (None, None, None),
        )
        database.execute(
            "INSERT INTO students VALUES ('course-1', 's0', 'student', '', '', '', '', NULL, NULL, 1, 0, '{}')"
        )
        put(database, "2026-02-01 09:00:00.000000", 1, "{}")
        put(database, "2026-02-01 09:00:00.000000", 2, "{}")
        put(database, "2026-02-01 09:01:00.000000", 1, '{"b":1,"a":"ü"}')
        database.execute(
            "INSERT INTO coach_logs VALUES ('course-1', ?, 1, '2026-02-01 09:00:00.000000', 's0', NULL, NULL, 'Why?', "
            "'', '', '', 'So', '{}')",
            (b"digest",),
        )
    with contextlib.closing(Library(tmp_path)) as library:
        again = [event(0), event(0), event(1)]
        again[2] = (*again[2][:7], {"a": "ü", "b": 1})
        assert take(library, again) == Change(thing="access", read=3, unchanged=3)
        with writing(library) as writer:
            writer.coach_log(CoachLog(at=START, user_id=STUDENTS[0], question="Why?", response="So"))
            assert writer.finish().of("coach_logs").added == 0
