"""Assessment data: documented columns, readable answers, names told apart, the period, and the way back in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, export, file_of, members, table, taken_in

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import NothingToExport
from exportmanager.core.ledger import Job
from exportmanager.core.options import checked
from exportmanager.core.report import Count
from exportmanager.exports.assessment import KIND, AssessmentOptions
from exportmanager.exports.pieces.names import hashed_id
from exportmanager.program import Program

DOCUMENTED = [
    "Student_Name", "First_Name", "Last_Name", "Username", "Hashed_ID", "Email Address", "Assignment_Name",
    "Total_Points_Earned", "Total_Points_Possible", "Time_Spent",
]  # fmt: skip
CHOICE = {"_id": "o1", "answer": "Pizza", "correct": True}, {"_id": "o2", "answer": "Pasta", "correct": False}


def question(builder: CourseBuilder, task: str, name: str, kind: str = "free-text", **source: Any) -> None:
    """Define an assessment of the first assignment."""
    folder = builder.folder / "assignments" / "a1" / ".guides" / "assessments"
    folder.mkdir(parents=True, exist_ok=True)
    definition = {"taskId": task, "type": kind, "source": {"name": name, "points": 5, **source}}
    (folder / f"{task}.json").write_text(json.dumps(definition), encoding="utf-8")


def answer(builder: CourseBuilder, student: str, assessment: str, attempt: int = 1, **cells: Any) -> None:
    """Somebody's attempt, in the period that the course is set to."""
    row = {"assignment": "a1", "at": f"2026-02-0{attempt}T10:00:00Z", "answer": "text", "points": 1} | cells
    builder.add("answers", student=student, assessment=assessment, attempt=attempt, **row)


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    return builder


def written(program: Program, **options: Any) -> tuple[Job, list[dict[str, str]]]:
    """The table of the first assignment."""
    job = export(program, kind="assessment", **{"assignments": ["a1"], "csv": "programs"} | options)
    text = file_of(program, job).read_text("utf-8-sig")
    return job, list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def chosen(**options: Any) -> AssessmentOptions:
    """Options as a form gives them."""
    return checked(AssessmentOptions, options)


def by_user(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["Username"]: row for row in rows}


def test_the_columns_are_the_documented_ones_and_four_for_each_assessment(
    program: Program, builder: CourseBuilder
) -> None:
    question(builder, "q1", "Lunch", "multiple-choice", answers=CHOICE)
    question(builder, "q2", "Why?")
    answer(builder, "s1", "q1", answer='{"current": ["o1"]}', points=5)
    bring_in(program, builder.write())
    job, rows = written(program)
    each = [f"{name}_{end}" for name in ("Lunch", "Why?") for end in
            ("Attempts", "Answer", "Earned_Points", "Total_Points_Possible")]  # fmt: skip
    assert list(rows[0]) == DOCUMENTED + each
    assert file_of(program, job).suffix == ".csv"
    assert [row["Username"] for row in rows] == ["user1", "user2", "user3"]


def test_the_last_attempt_counts_and_is_readable(program: Program, builder: CourseBuilder) -> None:
    question(builder, "q1", "Lunch", "multiple-choice", answers=CHOICE)
    answer(builder, "s1", "q1", 1, answer='{"current": ["o1"]}', points=5)
    answer(builder, "s1", "q1", 2, answer='{"current": ["o2"]}', points=0)
    builder.add("results", student="s1", assignment="a1", state="started", time_spent_seconds=3725)
    bring_in(program, builder.write())
    _, rows = written(program)
    ada, bo = by_user(rows)["user1"], by_user(rows)["user2"]
    assert (ada["Lunch_Attempts"], ada["Lunch_Answer"], ada["Lunch_Earned_Points"]) == ("2", "Pasta", "0")
    assert (ada["Total_Points_Earned"], ada["Total_Points_Possible"], ada["Time_Spent"]) == ("0", "5", "3725")
    assert (bo["Lunch_Attempts"], bo["Lunch_Answer"], bo["Lunch_Earned_Points"]) == ("0", "", "")
    assert (bo["Lunch_Total_Points_Possible"], bo["Total_Points_Earned"], bo["Time_Spent"]) == ("5", "0", "")


def test_the_best_attempt_earns_the_points_where_its_author_set_that(program: Program, builder: CourseBuilder) -> None:
    question(builder, "q1", "Best", useMaximumScore=True)
    answer(builder, "s1", "q1", 1, answer="good", points=4)
    answer(builder, "s1", "q1", 2, answer="worse", points=1)
    bring_in(program, builder.write())
    ada = by_user(written(program)[1])["user1"]
    assert (ada["Best_Answer"], ada["Best_Earned_Points"], ada["Total_Points_Earned"]) == ("worse", "4", "4")


def test_grade_books_do_not_count_in_totals(program: Program, builder: CourseBuilder) -> None:
    question(builder, "q1", "Why?")
    question(builder, "q2", "Style", "grade-book", points=20)
    answer(builder, "s1", "q1", points=3)
    answer(builder, "s1", "q2", points=17)
    bring_in(program, builder.write())
    ada = by_user(written(program)[1])["user1"]
    assert (ada["Total_Points_Earned"], ada["Total_Points_Possible"]) == ("3", "5")
    assert ada["Style_Earned_Points"] == "17"


def test_repeated_names_are_told_apart_and_the_legend_says_how(program: Program, builder: CourseBuilder) -> None:
    for task in ("q1", "q2", "q3"):
        question(builder, task, "Quiz" if task != "q2" else "Quiz (2)")
        answer(builder, "s1", task, answer=f"to {task}")
    bring_in(program, builder.write())
    job, rows = written(program)
    answers = {name: text for name, text in by_user(rows)["user1"].items() if name.endswith("_Answer")}
    assert answers == {"Quiz_Answer": "to q1", "Quiz (2)_Answer": "to q2", "Quiz (3)_Answer": "to q3"}
    assert job.report is not None
    assert "In Hello, Quiz (3) is the assessment q3." in job.report.notes
    job = export(program, kind="assessment", assignments=["a1"], legend=True)
    assert job.report is not None
    assert "told apart by numbers; legend.csv says which is which" in " ".join(job.report.notes)
    files = members(file_of(program, job))
    legend = {row["column"]: row for row in table(files, "legend.csv")}
    assert legend["Quiz (3)_Answer"]["assessment_id"] == "q3"
    assert legend["Quiz (3)_Answer"]["assessment_type"] == "Free text"
    assert "whole seconds" in legend["Time_Spent"]["meaning"]
    assert set(legend) == set(rows[0])


def test_an_answer_to_what_no_guide_defines_has_columns_under_its_id(program: Program, builder: CourseBuilder) -> None:
    question(builder, "q1", "Why?")
    answer(builder, "s2", "gone-7", answer="still here", points=2)
    bring_in(program, builder.write())
    job, rows = written(program)
    bo = by_user(rows)["user2"]
    assert (bo["gone-7_Answer"], bo["gone-7_Total_Points_Possible"], bo["Total_Points_Earned"]) == (
        "still here",
        "",
        "2",
    )
    assert job.report is not None
    assert job.report.counts == (Count(thing="rows", expected=3, done=3), Count(thing="answers", expected=1, done=1))


def test_several_assignments_come_as_a_zip_and_one_as_a_table(program: Program, builder: CourseBuilder) -> None:
    answer(builder, "s1", "q1")
    bring_in(program, builder.write())
    files = members(file_of(program, export(program, kind="assessment")))
    assert list(files) == ["Hello.csv", "Loops.csv", "legend.csv", "README.txt", "manifest-sha256.txt"]
    assert [row["Assignment_Name"] for row in table(files, "Loops.csv")] == ["Loops"] * 3
    with program.library.course(CourseId("course-1")) as course:
        assert KIND.estimate(course, chosen()).suffix == ".zip"
        assert KIND.estimate(course, chosen(assignments=("a2",))).suffix == ".csv"
        assert KIND.estimate(course, chosen(assignments=("a2",), legend=True)).suffix == ".zip"


def test_assignments_called_like_our_own_files_get_other_names(program: Program, builder: CourseBuilder) -> None:
    titles = ("legend", "LEGEND", "a/b")
    builder.course["modules"][0]["assignments"] = [{"id": f"a{n}", "title": title} for n, title in enumerate(titles)]
    bring_in(program, builder.write())
    files = members(file_of(program, export(program, kind="assessment")))
    assert list(files)[:3] == ["legend~2.csv", "LEGEND~3.csv", "a_b.csv"]
    assert {row["table"] for row in table(files, "legend.csv")} == {"legend~2.csv", "LEGEND~3.csv", "a_b.csv"}


def test_the_long_form_has_a_row_for_each_attempt_with_the_answer_as_it_is_kept(
    program: Program, builder: CourseBuilder
) -> None:
    question(builder, "q1", "Lunch", "multiple-choice", answers=CHOICE)
    stored = '{"current": ["o2"], "state": "fail"}'
    answer(builder, "s2", "q1", 1, answer=stored, points=0, correct="false", browser="Lynx")
    answer(builder, "s2", "q1", 2, answer='{"current": ["o1"]}', points=5, correct="true")
    answer(builder, "s1", "other", 1, at="")
    bring_in(program, builder.write())
    job, rows = written(program, form="long")
    kept = ("Username", "Assessment_ID", "Attempt", "Time", "Answer", "Correct", "Earned_Points", "Points_Possible")
    assert [tuple(row[name] for name in kept) for row in rows] == [
        ("user1", "other", "1", "", "text", "", "1", ""),
        ("user2", "q1", "1", "2026-02-01T11:00:00+01:00", "Pasta", "false", "0", "5"),
        ("user2", "q1", "2", "2026-02-02T11:00:00+01:00", "Pizza", "true", "5", "5"),
    ]
    assert rows[1]["Raw_Answer"] == stored
    assert json.loads(rows[1]["More"]) == {"browser": "Lynx"}
    assert job.report is not None
    assert job.report.counts == (Count(thing="answers", expected=3, done=3),)


@pytest.fixture
def over_the_years(program: Program, builder: CourseBuilder) -> Iterator[Course]:
    """Answers from before the rule, after it, and of unknown time; one of a teacher."""
    builder.student("boss", username="boss", role="teacher")
    for attempt, day in enumerate(("2025-08-31", "2025-09-01", "2026-02-20", ""), 1):
        answer(builder, "s1", "q1", attempt, at=day and f"{day}T12:00:00Z", answer=f"on {day}")
    answer(builder, "s2", "q1", at="2024-01-01T00:00:00Z")
    answer(builder, "boss", "q1")
    with taken_in(program, builder) as course:
        yield course


def test_answers_from_before_the_rule_are_left_out_and_counted(program: Program, over_the_years: Course) -> None:
    job, rows = written(program, form="long")
    assert [row["Answer"] for row in rows] == ["on 2025-09-01", "on 2026-02-20", "on "]
    assert by_user(written(program)[1])["user2"]["q1_Attempts"] == "0"
    assert job.report is not None
    assert job.report.counts == (Count(thing="answers", expected=3, done=3),)
    told = KIND.estimate(over_the_years, chosen(assignments=("a1",))).notes
    assert "Older answers are left out: 2." in told
    assert "1 answer of a teacher is left out: the table is about students." in told
    assert set(told) <= set(job.report.notes)


def test_days_can_be_chosen_instead_of_the_rule(program: Program, over_the_years: Course) -> None:
    job, rows = written(program, form="long", since="2024-01-01", until="2025-08-31")
    assert [row["Answer"] for row in rows] == ["on 2025-08-31", "on ", "text"]
    assert job.report is not None
    assert job.report.counts[0] == Count(thing="answers", expected=3, done=3)
    assert not any("older" in note for note in job.report.notes)


def test_an_empty_result_is_said_first_and_can_still_be_had(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    with program.library.course(CourseId("course-1")) as course:
        estimate = KIND.estimate(course, chosen(assignments=("a1",), students=()))
        assert estimate.notes[:2] == ("There is no student in it.", "No answers in this period.")
    job, rows = written(program, students=[])
    assert rows == []
    assert file_of(program, job).read_text().split(",")[0] == "Student_Name"
    with program.library.course(CourseId("course-1")) as course, pytest.raises(NothingToExport):
        KIND.estimate(course, chosen(assignments=()))


def test_with_pseudonyms_nothing_tells_who_somebody_is(program: Program, builder: CourseBuilder) -> None:
    builder.student("s4", first_name="Dee", last_name="Secretname", username="dee.secret", email="dee@example.org",
                    hashed_id="known-hash")  # fmt: skip
    answer(builder, "s4", "q1", answer="no name in it", machine="of dee.secret")
    bring_in(program, builder.write())
    for form in ("wide", "long"):
        job, rows = written(program, privacy="pseudonymous", form=form)
        text = file_of(program, job).read_text("utf-8")
        assert not re.search(r"dee|secret|known-hash|\bs4\b|ada|user1", text, re.IGNORECASE)
        called = {name: rows[0][name] for name in DOCUMENTED[:6]}
        assert len(set(called.values())) == 1
        assert re.fullmatch("P-[A-Z2-7]{10}", called["Username"])
        assert [row["Username"] for row in rows] == sorted(row["Username"] for row in rows)
        assert job.report is not None
        notes = " ".join(job.report.notes)
        assert "pseudonymous: Student_Name, First_Name" in notes
        assert "what people wrote" in notes
        assert "anonymous" not in notes.replace("pseudonymous", "")
    coursework = members(file_of(program, export(program, naming="pseudonyms")))
    assert not {row["Username"] for row in rows} & {row["id"] for row in table(coursework, "students.csv")}


def test_the_hashed_id_is_the_platforms_or_made_with_the_librarys_key(program: Program, builder: CourseBuilder) -> None:
    builder.student("s4", username="user4", hashed_id="from-the-platform")
    bring_in(program, builder.write())
    program.replace_pseudonym_key("ab" * 32)
    found = {name: row["Hashed_ID"] for name, row in by_user(written(program)[1]).items()}
    assert found["user4"] == "from-the-platform"
    assert found["user1"] == hashed_id(bytes.fromhex("ab" * 32), "s1")  # type: ignore[arg-type]
    assert found == {name: row["Hashed_ID"] for name, row in by_user(written(program)[1]).items()}


def test_the_preview_is_how_the_table_begins(program: Program, builder: CourseBuilder) -> None:
    for number in range(30):
        builder.student(f"t{number:02}", username=f"=user{number:02}")
    answer(builder, "s1", "q1", answer="+1")
    with taken_in(program, builder) as course:
        for options in (chosen(csv="programs"), chosen(), chosen(form="long")):
            preview = KIND.preview(course, options)
            files = members(file_of(program, export(program, kind="assessment", **options.model_dump())))
            rows = [list(row.values()) for row in table(files, "Hello.csv")]
            assert [list(row) for row in preview.rows] == rows[:20]
            assert list(preview.columns) == files["Hello.csv"].decode("utf-8-sig").split("\r\n")[0].split(",")
            assert preview.name == "Hello"


@pytest.mark.parametrize("preset", ["spreadsheets", "programs"])
def test_what_went_out_comes_back_in(
    program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock, preset: str
) -> None:
    for task, name in (("q1", "Quiz"), ("q2", "Quiz"), ("q3", "=SUM(A1)"), ("q4", 'says "no", often')):
        question(builder, task, name)
        answer(builder, "s1", task, 2, answer=f"+1\nline, of {task}", points=2.5)
    builder.add("results", student="s1", assignment="a1", state="started", time_spent_seconds=99)
    bring_in(program, builder.write())
    path = file_of(program, export(program, kind="assessment", csv=preset))
    again = Program(tmp_path / "again", clock)
    try:
        course_id = CourseId(again.bring_in("auto", str(path), {"title": "A small course"}).course_id)
        with again.library.course(course_id) as course:
            names = {a.id: a.name for a in course.assessments()}
            (hello,) = (a for a in course.assignments() if a.title == "Hello")
            told = {names[a.assessment_id]: (a.attempt, a.answer, a.points) for a in course.answers(hello.id)}
            assert told == {
                "Quiz": (2, "+1\nline, of q1", 2.5),
                "Quiz (2)": (2, "+1\nline, of q2", 2.5),
                "=SUM(A1)": (2, "+1\nline, of q3", 2.5),
                'says "no", often': (2, "+1\nline, of q4", 2.5),
            }
            assert [r.time_spent_seconds for r in course.results() if r.time_spent_seconds] == [99]
    finally:
        again.close()


def test_what_went_out_comes_back_to_the_assessments_of_the_guide(program: Program, builder: CourseBuilder) -> None:
    question(builder, "q1", "Quiz")
    question(builder, "q2", "Quiz")
    answer(builder, "s1", "q2", answer="to the second")
    bring_in(program, builder.write())
    path = file_of(program, export(program, kind="assessment"))
    report = program.bring_in("auto", str(path), {"course": "course-1"})
    assert report.of("answers").added == 0
    assert report.of("assessments").added == 0
