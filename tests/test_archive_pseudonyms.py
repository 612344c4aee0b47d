"""In a pseudonymous archive no text of ours names anybody, however names are written, and values stay values."""

from __future__ import annotations

import unicodedata

import pytest

from exportmanager.archive.pseudonyms import Called
from exportmanager.core.course import Assignment, AssignmentId, AssignmentKind, ModuleId, Role, Student, StudentId
from exportmanager.core.report import Gap, ImportReport, Piece

KEY = b"k" * 32
PEOPLE = (
    ("s1001", "ada.example", "ada@example.org", "Ada", "Example"),
    ("1", "", "", "Zoë", "Groß-Sample"),
    ("s3", "", "", "示例", "陈"),
    ("s4", "", "", "उदाहरण", "नमूना"),
    ("true", "", "", "İlk", "Örnek"),
)


@pytest.fixture(scope="module")
def called() -> Called:
    students = [
        Student(id=StudentId(id_), username=user, email=mail, first_name=first, last_name=last, role=Role.STUDENT)
        for id_, user, mail, first, last in PEOPLE
    ]
    title = Assignment(
        id=AssignmentId("a1"), module_id=ModuleId("m1"), title="Loops", position=0, kind=AssignmentKind.PROJECT
    )
    return Called(KEY, students, [title])


@pytest.mark.parametrize(
    "text, who",
    [
        ("Ada Example", "s1001"), ("Example, Ada", "s1001"), ("ada_example", "s1001"), ("EXAMPLE-ADA", "s1001"),
        ("Example_Ada_20260301", "s1001"), ("ada.example", "s1001"), ("Ada@Example.org", "s1001"),
        ("Zoë Groß-Sample", "1"), ("ZOË GROẞ-SAMPLE", "1"), ("groß sample zoë", "1"),
        ("示例 陈的作业", "s3"), ("陈示例loops", "s3"), ("उदाहरण_नमूना", "s4"), ("İLK ÖRNEK", "true"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_whoever_is_named_in_a_text_has_a_pseudonym_there(called: Called, text: str, who: str, form: str) -> None:
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    said = called.text(f"in workspaces/{text}.zip")
    assert not [part for part in unicodedata.normalize("NFC", text).split("_")[0].split() if part in said]
    assert called.of(who) in said


def test_words_that_only_hold_a_name_stay(called: Called) -> None:
    for text in ("Canada examples", "s10011 and xs1001", "12 files", "untrue"):
        assert called.text(text) == text


def test_values_of_json_stay_values_though_somebody_is_called_like_them(called: Called) -> None:
    value = {"position": 1, "open": True, "by": ["s1001", None], "names": {"s1001": "Ada Example"}}
    ada = called.of("s1001")
    assert called.json(value) == {"position": 1, "open": True, "by": [ada, None], "names": {ada: ada}}


@pytest.mark.parametrize(
    "gap",
    [
        Gap(what="ex_ada_loops.zip", why="12 files lie in no workspace: work of A. Example/loops.py"),
        Gap(what="workspaces/a1/a-example.rar", why="it is neither a student's folder nor a student's archive"),
        Gap(what="student", who="A. Example", why="nobody who is known has this name; it did not come in"),
        Gap(what="roster entry", who="a.example", why="access.csv names this id"),
    ],
)
def test_a_gap_about_a_file_or_somebody_unknown_names_neither(called: Called, gap: Gap) -> None:
    said = called.gap(gap).model_dump_json().lower()
    assert "example" not in said
    assert "ada" not in said


def test_a_gap_says_as_much_as_it_may(called: Called) -> None:
    ada = called.of("s1001")
    gap = Gap(what="link a to ../b", who="Ada Example (s1001), Loops", why="it points outside the workspace")
    assert called.gap(gap) == gap.model_copy(update={"who": f"{ada} ({ada}), Loops"})
    for plain in (
        Gap(what="workspaces", why="the source says that there are 152, and 151 came"),
        Gap(what="results.csv, line 7", who="Loops", why="the line was not taken in"),
        Gap(what="guide page", who="Loops", why="listed in the guide, but there is no such page: An-old-draft"),
    ):
        assert called.gap(plain) == plain
    begun = Gap(what="workspace", who="somebody", why="it was begun", student_id="s1001", assignment_id="a1")
    assert called.gap(begun) == begun.model_copy(update={"who": ada, "student_id": ada})


def test_a_name_that_somebody_had_at_an_earlier_import_goes_too(called: Called) -> None:
    ada = called.of("s1001")
    for who, said in (
        ("Ada Formername (s1001), Loops", f"{ada}, Loops"),
        ("Formername Ada (s1001)", ada),
        ("Ada Formername, Loops", "somebody or something not named here"),
    ):
        gap = Gap(what="link a to ../b", who=who, why="it points outside the workspace")
        assert called.gap(gap).who == said


def test_the_report_of_an_import_names_no_files(called: Called) -> None:
    gap = Gap(what="ada_example.zip", why="it is damaged: ada_example.zip")
    other = gap.model_copy(update={"why": "its columns are not known: A. Example"})
    report = ImportReport(
        course_id="c",
        course_title="C",
        source="auto",
        gaps=(gap, other),
        pieces=(Piece(kind="files", name="ada_example.zip"),),
    )
    told = called.report(report)
    assert "ada" not in told.model_dump_json()
    assert [gap.what for gap in told.gaps] == ["something that came in (1 of 2)", "something that came in (2 of 2)"]


def test_a_course_without_anybody_has_texts_too() -> None:
    assert Called(KEY, [], []).text("nobody, and nothing changed") == "nobody, and nothing changed"
