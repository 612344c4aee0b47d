"""The platform's tables: known by their columns alone, read whole, and nothing in them lost or made up."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exportmanager.core.errors import MalformedFile
from exportmanager.core.events import AccessType
from exportmanager.formats.platform_tables import (
    AccessRow,
    AnswerCell,
    AssessmentRow,
    CellFindings,
    CoachRow,
    GradeRow,
    LtiRow,
    Person,
    PlatformTable,
    RosterRow,
    Survey,
    TableKind,
    access_rows,
    assessment_rows,
    coach_rows,
    grade_rows,
    lti_rows,
    recognise,
    roster_rows,
    survey,
)

BERLIN = ZoneInfo("Europe/Berlin")
SAMPLE = Path(__file__).parent.parent / "resources" / "sample_course"
ORG = "5f0c2b3e-7d11-4c52-9a3e-1c0ffee0c0de"

# The columns as the platform's documentation lists them, literally.
ASSIGNMENT_CSV = (
    "Student_Name, First_Name, Last_Name, Username, Hashed_ID, Email Address, Right Count, Wrong Count, "
    "Answered Assessments, Points/Max_points, Points, Total Points, Time_Spent, Final Grade, Comments, Teacher Grade, "
    "Assessments Grade, Script Grade, Grade Override, Extra Credit, Created Date, Completed (True/False), "
    "Completed Date/Time (all instances), LTI ID, Behavioral Insights (0–5; number of thresholds exceeded)"
)
ASSESSMENT_DATA = (
    "Student_Name, First_Name, Last_Name, Username, Hashed_ID, Email Address, Assignment_Name, "
    "Total_Points_Earned, Total_Points_Possible, Time_Spent"
)
ACCESS = (
    "Username, registered email, First name, Last name, Date/time logged in, Access type, Assignment name, "
    "Role in course, Project path, IP address"
)
COACH = (
    "Assignment_name, Assessment_id, User_email, User_id, Time, Question, Context_guides, Context_error, "
    "Context_files, Response"
)
SETTINGS = (
    "assignment, name, visibility_on_completed, visibility_on_disabled, start_time, closing_time, closing_action, "
    "due_at, mark_as_completed_on_due_date, penalty_enabled, deduction_interval, deduction_percent, "
    "lowest_grade_percent, allow_regrade_request, prime_time, prime_count, coach_summarize_prompt, "
    "coach_error_augmentation, coach_next_steps_hint"
)
TAGS = "tag, user_email, codio_user_id, lti_id"
GROUPS = "group_name, user_id, user_email"
CONSENT = "User name, Codio user ID, Email, Revision of the form, Date/time"

DOCUMENTED = {
    ASSIGNMENT_CSV: TableKind.ASSIGNMENT_CSV,
    ASSIGNMENT_CSV + ", Quiz_Correct (True/False), Quiz_Answer, Quiz_Attempts": TableKind.ASSIGNMENT_CSV,
    ASSESSMENT_DATA: TableKind.ASSESSMENT_DATA,
    ASSESSMENT_DATA + ", Q_Attempts, Q_Answer, Q_Earned_Points, Q_Total_Points_Possible": TableKind.ASSESSMENT_DATA,
    ACCESS: TableKind.ACCESS,
    COACH: TableKind.COACH,
    SETTINGS: TableKind.BULK_SETTINGS,
    TAGS: TableKind.TAGS,
    GROUPS: TableKind.GROUPS,
    CONSENT: TableKind.CONSENT,
    "id, name, login, email": TableKind.ROSTER,
    "assignment, name, LTI URL": TableKind.LTI_URLS,
}


def names(columns: str) -> list[str]:
    return [column.strip() for column in columns.split(", ")]


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def table_of(data: bytes, *, is_day_first: bool = False) -> PlatformTable:
    return PlatformTable(io.BytesIO(data), "table.csv", BERLIN, is_day_first=is_day_first)


def survey_of(data: bytes) -> Survey:
    return survey(io.BytesIO(data), "table.csv")


def one_row(columns: str, cells: dict[str, object]) -> bytes:
    """A table with one row that says what is in `cells`; columns that are not documented come last."""
    header = [*names(columns), *(name for name in cells if name not in names(columns))]
    return csv_of(header, [[cells.get(name, "") for name in header]])


# recognising


@pytest.mark.parametrize(("columns", "kind"), DOCUMENTED.items(), ids=lambda value: str(value)[:40])
def test_every_documented_table_is_known_for_sure_in_any_order_and_spelling(columns: str, kind: TableKind) -> None:
    header = names(columns)
    shuffled = random.Random(1).sample(header, len(header))
    for spelt in (header, shuffled, [name.upper() for name in header], [name.lower() for name in header]):
        found = recognise(spelt)
        assert found.kind is kind
        assert found.sureness > 0.7
    if "Quiz_" not in columns and "Q_" not in columns:
        assert recognise([name.replace("_", " ") for name in header]).kind is kind


def test_a_table_with_further_columns_is_known_but_less_surely() -> None:
    header = names(ACCESS)
    more = recognise([*header, "Session", "Browser"])
    assert more.kind is TableKind.ACCESS
    assert more.sureness == 10 / 12


VARIANTS = {
    "User name, E-mail, Date, Type, Assignment, IP": TableKind.ACCESS,
    "at, user, type, assignment, role, project_path, ip": TableKind.ACCESS,
    # as two editions of the platform's documentation say it
    "Username, Users registered email address, First name, Last name, Date/time when user logged in, Access type "
    "(Log In; Log Out; Project Open; Project Close), Assignment name (Book based assignments will report the name of "
    "the book), Role in course (Teacher/Student), Project path, IP address": TableKind.ACCESS,
    "Username, Users registered email address, First name, Last name, Date/time when user logged in, Access type, "
    "Unit name, Role in class (ie Teacher/Student), Project path, IP address": TableKind.ACCESS,
    "Login, Timestamp, Event, Project path": TableKind.ACCESS,
    "Email, Time, Question, Response": TableKind.COACH,
    "Name, Email, Assignment Name, Quiz_Attempts, Quiz_Answer, Quiz_Earned_Points": TableKind.ASSESSMENT_DATA,
    "Email, Assignment Name, Final Grade, Time Spent, Completed": TableKind.ASSIGNMENT_CSV,
    "student_id, student_email, student_name, seconds_spent, grade, completion_date": TableKind.ASSIGNMENT_CSV,
    "id, username, email, first_name, last_name, role, enrolled_on, last_active_at, seat": TableKind.ROSTER,
    "Name, E-mail address": TableKind.ROSTER,
    "LTI ID, First name, Last name": TableKind.ROSTER,
}


@pytest.mark.parametrize(("columns", "kind"), VARIANTS.items(), ids=VARIANTS)
def test_other_usual_spellings_are_known_too(columns: str, kind: TableKind) -> None:
    assert recognise(names(columns)).kind is kind


def test_lti_addresses_are_known_by_their_form_whatever_their_column_is_called() -> None:
    row = ["Hello", f"https://apollo.example.org/lti/{ORG}_c1_a1"]
    assert recognise(["Name", "Where"], [row]).kind is TableKind.LTI_URLS
    assert recognise(["Name", "Where"], [["Hello", "https://example.org/"]]).kind is None


UNKNOWN = {
    "colour, size": "This is no table of the platform's; its columns are colour, size.",
    "a, b, c, d, e, f": "This is no table of the platform's; its columns are a, b, c, d, e ….",
    "Student_Name, Total_Points_Earned": "This is not a table of assessment data, which it is nearest to: "
    "there is no column Assignment_Name.",
    "Assignment_name, User_email, User_id, Time, Response": "This is not a table of coach logs, which it is nearest "
    "to: there is no column Question.",
    "Student, ID, Section, Quiz": "This is not a list of people, which it is nearest to: "
    "there is no column Student_Name.",
    "Username, Email, Last name, Date/time logged in, IP address": "This is not a table of course access data, which "
    "it is nearest to: there is no column Access type.",
    "Question, Response": "This is not a table of coach logs, which it is nearest to: there is no column Student_Name.",
    "Username, Access type, Project path, IP address": "This is not a table of course access data, which it is "
    "nearest to: there is no column Date/time logged in.",
}


@pytest.mark.parametrize(("columns", "says"), UNKNOWN.items(), ids=UNKNOWN)
def test_an_unknown_table_says_what_it_is_nearest_to(columns: str, says: str) -> None:
    found = recognise(names(columns))
    assert found.kind is None
    assert found.says == says


def test_what_is_not_needed_is_known_and_said_to_be_that() -> None:
    assert recognise(names(TAGS)).says == "This is a table of student tags, which is not needed here."
    assert recognise(names(ACCESS)).says == "This is a table of course access data."
    assert not any(DOCUMENTED[columns].is_needed for columns in (SETTINGS, TAGS, GROUPS, CONSENT))


def test_what_is_not_needed_is_not_read() -> None:
    found = survey_of(csv_of(names(TAGS), [["x", "ada@example.org", "u1", ""]] * 1000 + [["short"]]))
    assert (found.kind, found.rows, found.persons) == (TableKind.TAGS, 0, ())


# grades

ADA: dict[str, object] = {
    "Student_Name": "Ada Sample",
    "First_Name": "Ada",
    "Last_Name": "Sample",
    "Username": "ada",
    "Hashed_ID": "h1",
    "Email Address": "ada@example.org",
}
ADA_PERSON = Person("Ada Sample", "Ada", "Sample", "ada", "ada@example.org", hashed_id="h1")


def grade(cells: dict[str, object]) -> tuple[GradeRow, list[str]]:
    table = table_of(one_row(ASSIGNMENT_CSV, {**ADA, **cells}))
    (row,) = grade_rows(table)
    return row, table.cell_findings.sentences


def test_every_documented_column_of_an_assignments_csv_is_read() -> None:
    row, findings = grade(
        {
            "Right Count": 3,
            "Wrong Count": "1",
            "Answered Assessments": "4",
            "Points/Max_points": "8.5/10",
            "Points": "8.5",
            "Total Points": "9",
            "Time_Spent": "5940",
            "Final Grade": "85%",
            "Comments": "Well done,\n“Ada”",
            "Teacher Grade": "84",
            "Assessments Grade": "85.5",
            "Script Grade": "0",
            "Grade Override": "",
            "Extra Credit": "2",
            "Created Date": "2026-03-02T14:05:00Z",
            "Completed (True/False)": "True",
            "Completed Date/Time (all instances)": "2026-03-04 10:00:00 UTC",
            "LTI ID": "lti-1",
            "Behavioral Insights (0–5; number of thresholds exceeded)": "2",
            "Quiz_Correct (True/False)": "FALSE",
            "Quiz_Answer": "'=1+1",
            "Quiz_Attempts": "3",
        }
    )
    assert findings == []
    assert row == GradeRow(
        line=2,
        who=0,
        person=Person("Ada Sample", "Ada", "Sample", "ada", "ada@example.org", hashed_id="h1", lti_id="lti-1"),
        right=3,
        wrong=1,
        answered=4,
        points=8.5,
        max_points=10,
        total_points=9,
        time_spent_seconds=5940,
        grade=85,
        comments="Well done,\n“Ada”",
        teacher_grade=84,
        assessments_grade=85.5,
        script_grade=0,
        grade_override=None,
        extra_credit=2,
        started_at=datetime(2026, 3, 2, 14, 5, tzinfo=UTC),
        completed=True,
        completed_at=datetime(2026, 3, 4, 10, tzinfo=UTC),
        behavioral_insights=2,
        answers=(AnswerCell(assessment_name="Quiz", correct=False, answer="=1+1", attempts=3),),
        extra={},
    )


def test_of_several_completions_the_last_counts_and_all_are_kept() -> None:
    text = "2026-03-04 10:00:00 UTC, 2026-03-09 10:00:00 UTC, 2026-03-05 10:00:00 UTC"
    row, findings = grade({"Completed Date/Time (all instances)": text})
    assert row.completed_at == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert row.extra == {"Completed Date/Time (all instances)": text}
    assert findings == []


def test_what_cannot_be_read_is_kept_as_text_and_told() -> None:
    row, findings = grade(
        {
            "Time_Spent": "1:39",
            "Final Grade": "good",
            "Created Date": "32.13.2026",
            "Behavioral Insights (0–5; number of thresholds exceeded)": "many",
            "Colour": "blue",
            "Quiz_Attempts": "twice",
        }
    )
    assert (row.time_spent_seconds, row.grade, row.started_at) == (None, None, None)
    assert row.extra == {
        "Time_Spent": "1:39",
        "Final Grade": "good",
        "Created Date": "32.13.2026",
        "Behavioral Insights (0–5; number of thresholds exceeded)": "many",
        "Colour": "blue",
    }
    assert row.answers == (AnswerCell(assessment_name="Quiz", extra={"Quiz_Attempts": "twice"}),)
    assert row.answers[0].is_given
    assert "Line 2, Time_Spent: “1:39” could not be read, and is kept as text." in findings
    assert len(findings) == 5


def test_what_was_not_done_is_nothing_and_no_fault() -> None:
    row, findings = grade({"Time_Spent": "N/A", "Final Grade": "-", "Completed (True/False)": "", "Comments": "None"})
    assert (row.time_spent_seconds, row.grade, row.completed, row.comments, row.extra) == (None, None, None, "None", {})
    assert findings == []


def test_a_table_about_several_assignments_says_which_each_row_is_about() -> None:
    found = csv_of(["Email", "Assignment Name", "Final Grade", "Points"], [["a@example.org", " Hello ", "1", "2"]])
    assert [row.assignment_name for row in grade_rows(table_of(found))] == ["Hello"]
    assert survey_of(found).titles == ("Hello",)
    assert survey_of(one_row(ASSIGNMENT_CSV, ADA)).titles == ()


def test_a_column_that_is_there_twice_is_read_once_and_kept_once() -> None:
    found = csv_of(["Email", "Final Grade", "Points", "Points", "Final Grade"], [["a@example.org", "1", "2", "3", "4"]])
    (row,) = grade_rows(table_of(found))
    assert (row.grade, row.points, row.extra) == (1, 2, {"Points (2)": "3", "Final Grade (2)": "4"})


def test_where_semicolons_separate_commas_are_decimal() -> None:
    header = ["Email", "Final Grade", "Points/Max_points", "Points", "Q_Earned_Points", "Assignment_Name"]
    row = ["a@example.org", "85,5", "7,5/10", "1,234", "2,5", "Hello"]
    (grades,) = grade_rows(table_of(csv_of(header[:4], [row[:4]], ";")))
    assert (grades.grade, grades.points, grades.max_points) == (85.5, 1.234, 10)
    (data,) = assessment_rows(table_of(csv_of([header[0], *header[4:]], [[row[0], *row[4:]]], ";")))
    assert data.answers[0].earned == 2.5


def test_findings_end_where_a_whole_column_cannot_be_read() -> None:
    findings = CellFindings()
    for line in range(1000):
        findings.note(line, "Time\nspent", "x" * 1000, "could not be read, and is kept as text")
    assert len(findings.sentences) == 21
    assert findings.sentences[-1] == "980 more cells could not be read."
    assert all(len(sentence) < 150 and "\n" not in sentence for sentence in findings.sentences)


# answers

HOSTILE_NAMES = [
    "Quiz",
    "Quiz",
    "Quiz_Answer",
    "Quiz_Answer",
    "Quiz_Correct_Attempts",
    'Say "hi", then; =1+1',
    "=SUM(A1)",
    "Points",
    "Final Grade",
    "Student_Name",
    "",
    "a\nb",
    "日本",
]


def given_answers(order: Callable[[list[str]], list[str]]) -> tuple[AnswerCell, ...]:
    seen: dict[str, int] = {}
    cells: dict[tuple[str, int], str] = {}
    wide = [f"{name}{part}" for name in HOSTILE_NAMES for part in ("_Attempts", "_Answer", "_Earned_Points")]
    values: dict[str, Iterator[int]] = {}
    header = [*names(ASSESSMENT_DATA), *order(wide)]
    for number, name in enumerate(HOSTILE_NAMES, start=1):
        seen[name] = seen.get(name, 0) + 1
        cells[name, seen[name]] = str(number)
    for name in set(HOSTILE_NAMES):
        numbers = [int(cells[name, count + 1]) for count in range(seen[name])]
        for part in ("_Attempts", "_Answer", "_Earned_Points"):
            values[f"{name}{part}"] = iter(numbers)
    fixed = [ADA.get(name, "") for name in names(ASSESSMENT_DATA)]
    row = [*fixed, *(next(values[column]) for column in header[len(fixed) :])]
    (found,) = assessment_rows(table_of(csv_of(header, [row])))
    assert found.extra == {}
    assert found.person == ADA_PERSON
    return found.answers


def test_answers_find_their_assessment_whatever_its_name_holds() -> None:
    answers = given_answers(list)
    assert [cell.assessment_name for cell in answers] == HOSTILE_NAMES
    for number, cell in enumerate(answers, start=1):
        assert (cell.attempts, cell.answer, cell.earned) == (number, str(number), number)


def test_of_equal_names_each_has_its_number_in_any_order_of_the_columns() -> None:
    in_order = {(cell.assessment_name, cell.number): cell for cell in given_answers(list)}
    assert {("Quiz", 1), ("Quiz", 2), ("Quiz_Answer", 1), ("Quiz_Answer", 2)} <= in_order.keys()

    def by_part(columns: list[str]) -> list[str]:
        return sorted(columns, key=lambda column: column.rpartition("_")[2])

    assert {(cell.assessment_name, cell.number): cell for cell in given_answers(by_part)} == in_order


def test_assessment_data_is_read_with_its_points() -> None:
    cells = {
        "Assignment_Name": "Hello, Python!",
        "Total_Points_Earned": "7.5",
        "Total_Points_Possible": "10",
        "Time_Spent": "1 h 39 min",
        "Q_Attempts": "2",
        "Q_Answer": "x = 1\r\nprint(x)",
        "Q_Earned_Points": "7.5",
        "Q_Total_Points_Possible": "10",
        "R_Attempts": "0",
        "R_Answer": "",
        "R_Earned_Points": "0",
        "R_Total_Points_Possible": "5",
    }
    data = one_row(ASSESSMENT_DATA, {**ADA, **cells})
    (row,) = assessment_rows(table_of(data))
    assert row == AssessmentRow(
        line=2,
        who=0,
        person=ADA_PERSON,
        assignment_name="Hello, Python!",
        earned=7.5,
        possible=10,
        time_spent_seconds=5940,
        answers=(
            AnswerCell(assessment_name="Q", attempts=2, answer="x = 1\r\nprint(x)", earned=7.5, possible=10),
            AnswerCell(assessment_name="R", attempts=0, earned=0, possible=5),
        ),
        extra={},
    )
    assert [cell.is_given for cell in row.answers] == [True, False]
    assert survey_of(data).titles == ("Hello, Python!",)


# who


def test_a_person_is_who_the_row_says_and_counted_once() -> None:
    header = ["Email", "Name", "Role", "Seat"]
    rows = [["ada@example.org", "Ada", "Student", 1], ["eve@example.org", " Eve ", "Teacher", 2]]
    data = csv_of(header, [*rows, ["", "", "Student", 3], rows[0], ["", "", "", ""], ["", "", "", 4]])
    found = survey_of(data)
    assert found.persons == (
        Person(name="Ada", email="ada@example.org", role="Student"),
        Person(name="Eve", email="eve@example.org", role="Teacher"),
    )
    assert found.rows == 5
    table = table_of(data)
    roster = list(roster_rows(table))
    assert [row.who for row in roster] == [0, 1, -1, 0, -1]
    assert roster[1] == RosterRow(line=3, who=1, person=found.persons[1], extra={"Seat": "2"})
    assert roster[2].person == Person()
    assert tuple(table.persons.found) == found.persons


def test_a_table_with_one_column_for_people_names_them_too() -> None:
    found = survey_of(csv_of(["Login", "Date", "Type", "IP"], [["ada", "2026-03-02", "Log In", ""]]))
    assert found.persons == (Person(username="ada"),)


def test_our_own_roster_is_a_list_of_people() -> None:
    data = (SAMPLE / "roster.csv").read_bytes()
    table = table_of(data)
    rows = list(roster_rows(table))
    assert (table.kind, len(rows)) == (TableKind.ROSTER, survey_of(data).rows)
    first = rows[0]
    assert first.person.user_id == "t2001"
    assert first.person.role == "teacher"
    assert first.enrolled_on == date(2026, 1, 19)
    assert first.last_active_at == datetime(2026, 7, 17, 12, 21, 45, tzinfo=UTC)
    assert table.cell_findings.sentences == []


# access


def access(data: bytes, **options: Any) -> tuple[list[AccessRow], list[str]]:
    table = table_of(data, **options)
    return list(access_rows(table)), table.cell_findings.sentences


def test_access_data_is_read_as_a_stream_of_events() -> None:
    rows = [
        [
            "ada",
            "ada@example.org",
            "Ada",
            "Sample",
            "2026-03-02 14:05:00 UTC",
            "Log In",
            "",
            "Student",
            "",
            "192.0.2.1",
        ],
        ["ada", "ada@example.org", "Ada", "Sample", "3/2/2026 3:06 PM", "Project Open", "A", "Student", "p/q", ""],
        ["eve", "eve@example.org", "Eve", "Sample", "2026-03-02T15:00:00Z", "project_close", "A", "Teacher", "", ""],
        ["eve", "eve@example.org", "Eve", "Sample", "2026-03-02T16:00:00Z", "LOG OUT", "", "Teacher", "", ""],
    ]
    data = csv_of(names(ACCESS), rows)
    found, findings = access(data)
    assert findings == []
    assert found == [
        (0, datetime(2026, 3, 2, 14, 5, tzinfo=UTC), AccessType.LOG_IN, "", "Student", "", "192.0.2.1", {}),
        (0, datetime(2026, 3, 2, 15, 6, tzinfo=BERLIN), AccessType.PROJECT_OPEN, "A", "Student", "p/q", "", {}),
        (1, datetime(2026, 3, 2, 15, tzinfo=UTC), AccessType.PROJECT_CLOSE, "A", "Teacher", "", "", {}),
        (1, datetime(2026, 3, 2, 16, tzinfo=UTC), AccessType.LOG_OUT, "", "Teacher", "", "", {}),
    ]
    seen = survey_of(data)
    assert [person.username for person in seen.persons] == ["ada", "eve"]
    assert (seen.rows, seen.titles) == (4, ("A",))


def test_rows_that_are_no_event_are_left_out_and_told() -> None:
    header = ["Email", "Time", "Type", "IP", "Session"]
    rows = [
        ["a@example.org", "soon", "Log In", "", ""],
        ["a@example.org", "2026-03-02", "Sneeze", "", ""],
        ["", "", "", "", ""],
        ["a@example.org", "2026-03-02", "Log In", "", "s1", "more"],
    ]
    found, findings = access(csv_of(header, rows))
    assert [row[-1] for row in found] == [{"Session": "s1", "Column 6": "more"}]
    assert findings == [
        "Line 2, Time: “soon” is no time, and the row is left out.",
        "Line 3, Type: “Sneeze” is no type of access that is known, and the row is left out.",
    ]


def test_the_order_of_day_and_month_is_found_out_before_any_row_is_read() -> None:
    rows = [["a@example.org", "03/02/2026 10:00", "Log In", ""], ["a@example.org", "25/02/2026 10:00", "Log In", ""]]
    data = csv_of(["Email", "Time", "Type", "IP"], rows)
    seen = survey_of(data)
    assert seen.is_day_first
    found, _ = access(data, is_day_first=seen.is_day_first)
    assert [row[1].date() for row in found] == [date(2026, 2, 3), date(2026, 2, 25)]
    unsure = survey_of(csv_of(["Email", "Time", "Type", "IP"], rows[:1]))
    assert not unsure.is_day_first
    assert "03/02/2026" in unsure.findings[0]


def test_our_own_access_data_is_read_whole() -> None:
    found, findings = access((SAMPLE / "access.csv").read_bytes())
    assert findings == []
    assert len(found) == 3536
    assert {row[2] for row in found} == set(AccessType)


def test_a_survey_can_be_stopped() -> None:
    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    data = csv_of(["Email", "Time", "Type", "IP"], [["a@example.org", "2026-03-02", "Log In", ""]] * 2000)
    with pytest.raises(Stopped):
        survey(io.BytesIO(data), "table.csv", stop)


# coach logs


def test_coach_logs_are_read_with_all_that_was_said() -> None:
    cells: dict[str, object] = {
        "Assignment_name": "Hello",
        "Assessment_id": "multiple-choice-1",
        "User_email": "ada@example.org",
        "User_id": "u1",
        "Time": "Mar 2, 2026, 2:05 PM",
        "Question": "'=why?",
        "Context_guides": "# Page\n",
        "Context_error": "  File x",
        "Context_files": "[]",
        "Response": "Because.\r\n",
    }
    data = one_row(COACH, cells)
    (row,) = coach_rows(table_of(data))
    assert row == CoachRow(
        line=2,
        who=0,
        person=Person(email="ada@example.org", user_id="u1"),
        at=datetime(2026, 3, 2, 14, 5, tzinfo=BERLIN),
        assignment_name="Hello",
        assessment_id="multiple-choice-1",
        question="=why?",
        context_guides="# Page\n",
        context_error="  File x",
        context_files="[]",
        response="Because.\r\n",
        extra={},
    )
    assert survey_of(data).titles == ("Hello",)


def test_a_coach_log_without_a_readable_time_is_kept() -> None:
    table = table_of(one_row(COACH, {"User_id": "u1", "Time": "soon", "Question": "why?"}))
    (row,) = coach_rows(table)
    assert (row.at, row.question, row.extra) == (None, "why?", {"Time": "soon"})


# LTI addresses

URL = f"https://apollo.example.org/lti/{ORG}_c1_a1"
CONSTANT = f"https://apollo.example.org/lti/{ORG}_a1"
LTI: dict[str, tuple[Sequence[str], Sequence[str], LtiRow]] = {
    "id, name and address": (
        ("assignment", "name", "url"),
        ("a1", "Hello", URL),
        LtiRow(line=2, assignment_id="a1", assignment_name="Hello", url=URL),
    ),
    "both addresses": (
        ("Assignment name", "Link", "Other link"),
        ("Hello", CONSTANT, URL),
        LtiRow(line=2, assignment_id="a1", assignment_name="Hello", url=URL, constant_url=CONSTANT),
    ),
    "the name under assignment": (
        ("Assignment", "LTI URL"),
        ("Hello", CONSTANT),
        LtiRow(line=2, assignment_id="a1", assignment_name="Hello", constant_url=CONSTANT),
    ),
    "an address alone": (
        ("What", "Where"),
        ("x", URL),
        LtiRow(line=2, assignment_id="a1", url=URL, extra={"What": "x"}),
    ),
}


@pytest.mark.parametrize(("header", "cells", "row"), LTI.values(), ids=LTI)
def test_lti_addresses_are_read_with_what_names_their_assignment(
    header: Sequence[str], cells: Sequence[str], row: LtiRow
) -> None:
    data = csv_of(header, [cells, ["" for _ in cells]])
    assert list(lti_rows(table_of(data))) == [row]
    assert survey_of(data).titles == (row.assignment_name or row.assignment_id,)


# what is wrong with a file


def test_a_truncated_table_is_refused_by_the_survey() -> None:
    data = csv_of(names(ACCESS), [["ada"] * 10] * 5)
    with pytest.raises(MalformedFile, match="middle of a row"):
        survey_of(data[:-8])


def test_what_is_odd_about_the_whole_table_is_told_once() -> None:
    data = b"Email,Name\na@example.org\nb@example.org,Eve,more\nc@example.org,Zo\xeb\n"
    found = survey_of(data)
    assert len(found.findings) == 3
    assert found.persons[2].name == "Zoë"
    (_, second, _) = roster_rows(table_of(data))
    assert second.extra == {"Column 3": "more"}


def test_memory_does_not_grow_with_what_is_said_again() -> None:
    header = b"Email,Time,Type,Assignment,IP\n"
    row = b"a@example.org,2026-03-02 14:05:00 UTC,Project Open,Hello,192.0.2.1\n"
    found, _ = access(header + row * 1000)
    assert len({id(text) for row_ in found for text in (row_[3], row_[6])}) == 2
    assert len({id(row_[-1]) for row_ in found}) == 1
