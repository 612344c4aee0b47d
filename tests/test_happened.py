"""What happened in a course comes out by time, just what was asked for, and never all of it at once."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice

import pytest

from exportmanager.core.course import (
    Answer,
    Assessment,
    AssessmentId,
    Assignment,
    AssignmentId,
    Course,
    CourseId,
    CourseInfo,
    Module,
    ModuleId,
    Student,
    StudentId,
)
from exportmanager.core.events import AccessRow, AccessType, CoachLog, Span, Wanted, told_in
from exportmanager.core.meter import Meter
from exportmanager.core.source import CourseWriter
from exportmanager.library import happened
from exportmanager.library.library import Library
from exportmanager.program import Program

COURSE, OTHER = CourseId("course-1"), CourseId("course-2")
START = datetime(2026, 2, 1, 9, tzinfo=UTC)
A1, A2 = AssignmentId("a1"), AssignmentId("a2")
S0, S1, S2 = (StudentId(f"s{number}") for number in range(3))


@contextlib.contextmanager
def writing(library: Library, course: CourseId = COURSE) -> Iterator[CourseWriter]:
    with library.writer("test", START, Meter()) as writer:
        writer.course(CourseInfo(id=course, title="A course", taken_on=date(2026, 3, 1)))
        writer.module(Module(ModuleId("m"), "Module"))
        for assignment in (A1, A2):
            writer.assignment(Assignment(id=assignment, module_id=ModuleId("m"), title=assignment))
        for student in (S0, S1, S2):
            writer.student(Student(id=student))
        yield writer
        writer.finish()


def row(minutes: float, who: StudentId = S0, kind: str = "log_in", assignment: AssignmentId | None = None) -> AccessRow:
    return START + timedelta(minutes=minutes), who, kind, assignment, "student", "", "192.0.2.1", {}


def take(library: Library, rows: Iterable[AccessRow], course: CourseId = COURSE) -> None:
    with writing(library, course) as writer:
        writer.access_events(rows)


@pytest.fixture
def course(program: Program) -> Iterator[Course]:
    """Six access events, of two people at two assignments and none; another course has its own."""
    rows = [
        row(50, S1, "project_open", A1),
        row(10, S1),
        row(20, S0, "project_open", A2),
        row(30, S0, "project_close", A2),
        row(10, S0),
        row(40, S1, "log_out"),
    ]
    take(program.library, rows)
    take(program.library, [row(15, S2)], OTHER)
    with program.library.course(COURSE) as course:
        yield course


def read(course: Course, wanted: Wanted) -> list[AccessRow]:
    """Access events, their times as moments."""
    lines = list(course.access_rows(wanted))
    assert all(type(line) is tuple and len(line[0]) == 26 for line in lines)
    return [(datetime.fromisoformat(f"{at}+00:00"), who, *told_in(what)) for at, who, what in lines]


def found(course: Course, **wanted: object) -> list[tuple[float, str]]:
    """When (in minutes) and who; the span of the same wish says the same."""
    wish = Wanted(**wanted)  # type: ignore[arg-type]
    rows = read(course, wish)
    times = [at for at, *_ in rows]
    assert course.access_span(wish) == Span(
        rows=len(rows), first=min(times, default=None), last=max(times, default=None)
    )
    return [((at - START) / timedelta(minutes=1), who) for at, who, *_ in rows]


def test_events_come_by_time_and_those_of_one_moment_by_person(course: Course) -> None:
    assert found(course) == [(10, S0), (10, S1), (20, S0), (30, S0), (40, S1), (50, S1)]


def test_an_event_comes_out_as_it_went_in(program: Program) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 2, 1, 23, 59, 59, 999_999, tzinfo=zone)
    rows: list[AccessRow] = [
        (at, S0, "project_open", A1, "Teaching assistant", "päth/to,\n'it'", "2001:db8::1", {"Seat": "3", "": None}),
        (START, S1, "log_in", None, "", "", "", {}),
    ]
    take(program.library, rows)
    with program.library.course(COURSE) as course:
        assert read(course, Wanted()) == [rows[1], rows[0]]
        assert [at for at, *_ in course.access_rows(Wanted())] == [
            "2026-02-01 09:00:00.000000",
            "2026-02-01 18:29:59.999999",
        ]


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(course: Course) -> None:
    def at(minutes: int) -> datetime:
        return START + timedelta(minutes=minutes)

    assert found(course, since=at(20), until=at(40)) == [(20, S0), (30, S0)]
    assert found(course, since=at(41)) == [(50, S1)]
    assert found(course, until=at(10)) == []
    assert found(course, since=at(20).astimezone(timezone(timedelta(hours=-9))), until=at(21)) == [(20, S0)]
    assert len(found(course, since=datetime.min.replace(tzinfo=timezone(timedelta(hours=9))))) == 6
    assert len(found(course, until=datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))))) == 6


def test_events_of_some_people_types_and_assignments(course: Course) -> None:
    assert found(course, people=frozenset([S1])) == [(10, S1), (40, S1), (50, S1)]
    assert found(course, types=frozenset([AccessType.LOG_IN, AccessType.LOG_OUT])) == [(10, S0), (10, S1), (40, S1)]
    assert found(course, assignments=frozenset([A2])) == [(20, S0), (30, S0)]
    assert found(course, people=frozenset([S1]), assignments=frozenset([A1, A2])) == [(50, S1)]
    assert found(course, people=frozenset([S2, StudentId("who's that?")])) == []
    for nothing in ("people", "types", "assignments"):
        assert found(course, **{nothing: frozenset()}) == []


def test_many_people_can_be_asked_for(course: Course) -> None:
    assert len(found(course, people=frozenset({S0, *(StudentId(f"x{n}") for n in range(300_000))}))) == 3


@pytest.mark.parametrize("each", [1, 2, 7, 1_000])
def test_slices_make_no_difference(program: Program, monkeypatch: pytest.MonkeyPatch, each: int) -> None:
    rows = [row(n * n / 7, (S0, S1, S2)[n % 3], extra) for n in range(60) for extra in ("log_in", "log_out")]
    take(program.library, rows)
    monkeypatch.setattr(happened, "_ACCESS_SLICE", each)
    with program.library.course(COURSE) as course:
        out = read(course, Wanted())
        late = read(course, Wanted(since=rows[40][0], until=rows[41][0] + timedelta(days=1)))
    assert sorted(out, key=repr) == sorted(rows, key=repr)
    assert [(at, who) for at, who, *_ in out] == sorted((at, who) for at, who, *_ in rows)
    assert {at for at, *_ in late} == {at for at, *_ in rows if at >= rows[40][0]}


def test_one_event_far_off_does_no_harm(program: Program) -> None:
    far = (datetime(1, 1, 1, tzinfo=UTC), *row(0)[1:])
    last = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), *row(0)[1:])
    take(program.library, [last, row(1), far])
    with program.library.course(COURSE) as course:
        assert [at for at, *_ in read(course, Wanted())] == [far[0], row(1)[0], last[0]]
        assert course.access_span(Wanted()) == Span(rows=3, first=far[0], last=last[0])


def test_the_names_of_what_else_is_told(program: Program) -> None:
    extras: list[dict[str, object]] = [{"Seat": "3"}, {}, {'a "quoted" ключ': {"inner": 1}}, {"seat": None, "Seat": ""}]
    with writing(program.library) as writer:
        writer.access_events((*row(n, (S0, S1)[n % 2])[:-1], extra) for n, extra in enumerate(extras))
        writer.coach_log(CoachLog(at=START, user_id=S0, extra={"Model": "m"}))
        writer.coach_log(CoachLog(at=START, user_id=S1))
    with program.library.course(COURSE) as course:
        assert course.access_columns(Wanted()) == ["Seat", 'a "quoted" ключ', "seat"]
        assert course.access_columns(Wanted(people=frozenset([S0]))) == ["Seat", 'a "quoted" ключ']
        assert course.coach_columns(Wanted()) == ["Model"]
        assert course.coach_columns(Wanted(people=frozenset([S1]))) == []


def test_two_are_read_side_by_side_and_left_half_read(course: Course, program: Program) -> None:
    one, other = course.access_rows(Wanted()), course.access_rows(Wanted(people=frozenset([S1])))
    assert [next(one)[1], next(other)[1], next(one)[1]] == [S0, S1, S1]
    take(program.library, [row(90)])
    assert len(list(one)) == 4, "another import does not show within the moment"
    del one, other
    with program.library.course(COURSE) as later:
        assert len(list(later.access_rows(Wanted()))) == 7


def test_questions_to_the_coach_come_by_time_and_whole(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = [
        CoachLog(
            at=START + timedelta(minutes=n % 7), user_id=(S0, S1)[n % 2], assignment_id=(None, A1, A2)[n % 3],
            assessment_id=AssessmentId("q") if n % 5 else None, question=f"Why\r\n{n}?", context_guides="<b>g</b>",
            context_error="e", context_files="f", response="Because, \"so\".", extra={"Model": n},
        )
        for n in range(20)
    ]  # fmt: skip
    with writing(program.library) as writer:
        for log in logs:
            writer.coach_log(log)
    monkeypatch.setattr(happened, "_COACH_SLICE", 3)
    with program.library.course(COURSE) as course:
        out = list(course.coach_logs(Wanted()))
        some = Wanted(since=START + timedelta(minutes=2), people=frozenset([S0]), assignments=frozenset([A1]))
        assert course.coach_span(Wanted()).rows == 20
        chosen = [log for log in out if log.at >= some.since and log.user_id == S0 and log.assignment_id == A1]  # type: ignore[operator]
        assert list(course.coach_logs(some)) == chosen != []
        assert course.coach_span(some) == Span(rows=len(chosen), first=chosen[0].at, last=chosen[-1].at)
    assert sorted(out, key=repr) == sorted(logs, key=repr)
    assert [(log.at, log.user_id) for log in out] == sorted((log.at, log.user_id) for log in logs)


def test_answers_of_unknown_time_count_where_no_time_is_asked_for(program: Program) -> None:
    with writing(program.library) as writer:
        for who, attempt, at in ((S0, 1, START), (S0, 2, None), (S1, 1, START + timedelta(days=9))):
            writer.assessment(Assessment(id=AssessmentId(f"q{who}{attempt}"), assignment_id=A1, name="Q", type="test"))
            writer.answer(
                Answer(student_id=who, assignment_id=A1, assessment_id=AssessmentId("q"), attempt=attempt, at=at)
            )
    with program.library.course(COURSE) as course:
        assert course.answer_span(Wanted()) == Span(rows=3, first=START, last=START + timedelta(days=9))
        assert course.answer_span(Wanted(until=START + timedelta(days=1))).rows == 1
        assert course.answer_span(Wanted(since=START)).rows == 2
        assert course.answer_span(Wanted(people=frozenset([S0]))).rows == 2
        assert course.answer_span(Wanted(assignments=frozenset([A2]))) == Span()


def test_memory_does_not_grow_with_the_number_of_events(program: Program) -> None:
    take(program.library, (row(n / 100, (S0, S1)[n % 2]) for n in range(30_000)))
    with program.library.course(COURSE) as course:
        list(islice(course.access_rows(Wanted()), 1_000))
        tracemalloc.start()
        number = sum(1 for _ in course.access_rows(Wanted()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert number == 30_000
    assert peak < 1_500_000, "50 bytes of each would be as much"
