"""Who and what is meant: told by what tells it apart, asked where several fit, and never guessed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from arriving import Files, arrive, files_of, gaps, last_answers, links, opened, planned
from handling import dump, rows

from exportmanager.core.arrivals import LEAVE_OUT, NEW, State
from exportmanager.core.report import Gap
from exportmanager.program import Program

KIM = "s1,Kim Sample,kim,kim@school.example"
LEE = "s2,Lee Exämple,lee,lee@school.example"
TWIN = "s3,Kim Sample,kim2,kim2@school.example"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def states(program: Program, *places: Path, course: str | None = None, **settled: str) -> dict[str, State]:
    return {key: link.state for key, link in links(planned(program, *places, course=course, **settled)).items()}


def workspaces(program: Program, course: str) -> list[tuple[str, str]]:
    with opened(program, course) as found:
        return sorted(files_of(found))


def people(program: Program) -> list[tuple[str, ...]]:
    return rows(
        program.library.folder, "SELECT id, first_name, last_name, username, on_roster FROM students ORDER BY id"
    )


def test_a_name_that_two_people_have_is_asked_about_and_settled_by_hand(program: Program, files: Files) -> None:
    brought = files.roster(KIM, LEE, TWIN), files.workspaces("Kim Sample/Hello", "lee/Hello", "kim2/Hello")
    plan = planned(program, *brought)
    (link,) = plan.open
    assert link.key == "student:kim sample"
    assert [choice.value for choice in link.candidates] == ["s1", "s3"]
    report = arrive(program, *brought)
    assert workspaces(program, report.course_id) == [("Hello", "kim2"), ("Hello", "lee")]
    assert ("student", "Kim Sample") in gaps(report)
    report = arrive(program, *brought, course=report.course_id, settled={link.key: "s1"})
    assert workspaces(program, report.course_id) == [("Hello", "kim"), ("Hello", "kim2"), ("Hello", "lee")]
    assert gaps(report) == []


def test_what_was_not_settled_stays_named_until_it_is(program: Program, files: Files) -> None:
    brought = files.roster(KIM, LEE, TWIN), files.workspaces("Kim Sample/Hello", "lee/Hello")
    course = arrive(program, *brought).course_id
    report = arrive(program, files.access("lee,,,2026-01-05T10:00:00Z,Log In,"), course=course)
    assert ("student", "Kim Sample") in gaps(report)
    report = arrive(program, brought[1], course=course, settled={"student:kim sample": LEAVE_OUT})
    assert ("student", "Kim Sample") not in gaps(report)
    assert Gap(what="student", who="Kim Sample", why="it was left out by hand", chosen=True) in report.gaps


def test_who_is_left_out_stays_out_under_every_name(program: Program, files: Files) -> None:
    brought = (
        files.roster(KIM, LEE),
        files.access("kim,,,2026-01-05T10:00:00Z,Log In,", "lee,,,2026-01-05T10:00:00Z,Log In,"),
        files.workspaces("kim/Hello", "lee/Hello"),
        files.answers("Hello", "Quiz", "kim,1,yes,5", "lee,1,no,0"),
    )
    report = arrive(program, *brought, settled={"student:kim sample (kim@school.example)": LEAVE_OUT})
    assert [person[0] for person in people(program)] == ["s2"]
    assert workspaces(program, report.course_id) == [("Hello", "lee")]
    assert b"kim@" not in "\n".join(dump(program.library.folder, leave_out=["imports"])).encode()
    assert gaps(report) == []
    chosen = [(gap.what, gap.who) for gap in report.gaps if gap.chosen]
    assert ("1 row", "access.csv") in chosen
    assert ("1 row", "Hello.csv") in chosen


def test_a_table_with_two_people_of_one_name_does_not_say_which_is_known(program: Program, files: Files) -> None:
    known = files.text("people.csv", "id,name\ns1,Kim Sample")
    twins = files.access(",kim1@a.example,Kim Sample,2026-01-05T10:00:00Z,Log In,",
                         ",kim2@a.example,Kim Sample,2026-01-05T11:00:00Z,Log In,")  # fmt: skip
    plan = planned(program, known, twins)
    assert [link.label for link in plan.open] == ["Kim Sample (kim1@a.example)", "Kim Sample (kim2@a.example)"]
    settled = {"student:kim sample (kim1@a.example)": "s1", "student:kim sample (kim2@a.example)": NEW}
    arrive(program, known, twins, settled=settled)
    assert [(person[0], person[2]) for person in people(program)] == [("kim2", "Sample"), ("s1", "Sample")]


@pytest.mark.parametrize(
    "label",
    [
        "s1", "kim", "KIM", "kim@school.example", "Kim Sample", "Sample, Kim", "kim-sample", "Kim Sample (kim)",
    ],
)  # fmt: skip
def test_a_folder_is_a_students_by_anything_that_tells_who_it_is(program: Program, files: Files, label: str) -> None:
    report = arrive(program, files.roster(KIM, LEE), files.workspaces(f"{label}/Hello", "lee/Hello"))
    assert workspaces(program, report.course_id) == [("Hello", "kim"), ("Hello", "lee")]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_letters_with_marks_are_the_same_however_they_are_composed(program: Program, files: Files, form: str) -> None:
    label = unicodedata.normalize(form, "Lee Exämple")  # type: ignore[arg-type]
    title = unicodedata.normalize(form, "Übung 1")  # type: ignore[arg-type]
    lti = files.text("lti.csv", "assignment,name,URL\na1,Übung 1,https://apollo.codio.com/lti/x_y_a1")
    report = arrive(program, files.roster(KIM, LEE), lti, files.workspaces(f"{label}/{title}", f"kim/{title}"))
    assert workspaces(program, report.course_id) == [("Übung 1", "kim"), ("Übung 1", "lee")]


def test_names_of_files_stand_for_titles_but_titles_that_differ_are_not_one(program: Program, files: Files) -> None:
    course = arrive(
        program, files.roster(KIM), files.access(*(f"kim,,,2026-01-05T10:00:00Z,Project Open,{title}" for title in (
            "C++ basics", "Loops & Lists: part 1", "A/B"))),
    ).course_id  # fmt: skip
    found = links(planned(program, *(files.guide(name=f"{label}.zip") for label in (
        "C# basics", "c-basics", "Loops_Lists_Part_1", "A-B", "loops lists part 1")), course=course))  # fmt: skip
    to = {link.label: (link.state, link.to_words) for link in found.values()}
    assert to == {
        "C# basics": (State.OPEN, ""),
        "c-basics": (State.MATCHED, "C++ basics"),
        "Loops_Lists_Part_1": (State.MATCHED, "Loops & Lists: part 1"),
        "loops lists part 1": (State.OPEN, ""),
        "A-B": (State.MATCHED, "A/B"),
    }


def test_a_name_that_several_assignments_have_is_asked_about(program: Program, files: Files) -> None:
    projects = {f"{module}/Quiz/.guides/assessments/x.json": module.encode() for module in ("Week 1", "Week 2")}
    sources, settled = files.packed("sources.zip", projects), {"layout:sources.zip": "module/sources"}
    assert [link.key for link in planned(program, sources).open] == [*settled], "they could be students as well"
    report = arrive(program, sources, settled=settled)
    assert report.of("assignments").added == 2
    assert report.of("published").added == 2
    again = arrive(program, sources, course=report.course_id, settled=settled)
    assert not again.changed_anything
    work = files.roster(KIM), files.workspaces("kim/Quiz")
    (link,) = planned(program, *work, course=report.course_id).open
    assert (link.key, [choice.value for choice in link.candidates]) == ("assignment:quiz", ["Quiz", "Quiz-2"])
    by_module = files.roster(KIM), files.workspaces("Week 2/Quiz/kim", "Week 1/Quiz/kim")
    report = arrive(program, *by_module, course=report.course_id)
    assert report.of("workspaces").added == 2


def test_a_student_known_by_a_folder_only_is_found_when_the_roster_comes(program: Program, files: Files) -> None:
    work = files.workspaces("kim/Hello", "Lee Exämple/Hello")
    course = arrive(program, work, settled={"layout:coursework.zip": "student/assignment"}).course_id
    assert [person[2] for person in people(program)] == ["Exämple", "kim"]
    report = arrive(program, files.roster(KIM, LEE), course=course)
    assert [[*person[1:]] for person in people(program)] == [
        ["Lee", "Exämple", "lee", 1],
        ["Kim", "Sample", "kim", 1],
    ]
    assert report.of("people").added == 0
    assert [person.field for person in report.differences] == ["last_name"]
    assert not arrive(program, work, course=course).changed_anything


def test_a_folder_that_two_of_a_roster_could_have_is_asked_about_when_it_comes(program: Program, files: Files) -> None:
    work = files.workspaces("Kim Sample/Hello")
    course = arrive(program, work, settled={"layout:coursework.zip": "student/assignment"}).course_id
    plan = planned(program, files.roster(KIM, LEE, TWIN), course=course)
    assert [link.label for link in plan.open] == [
        "Kim Sample (kim@school.example)",
        "Kim Sample (kim2@school.example)",
    ]


def test_answers_move_to_the_guide_whichever_came_first(program: Program, files: Files) -> None:
    table = files.answers(
        "Hello", "Sum|sum|Quiz|Quiz|Quiz (2)",
        "kim,1,a,1,2,b,2,1,c,3,1,d,4,1,e,5",
        "lee,1,f,,,,,,,,,,,,,",
    )  # fmt: skip
    guide = files.guide(
        ("free-text-5", "Quiz (2)"), ("free-text-3", "Quiz"), ("free-text-2", "sum"), ("free-text-1", "Sum"),
        ("free-text-4", "Quiz"),
    )  # fmt: skip
    roster = files.roster(KIM, LEE)
    expected = {
        ("Hello", "kim", "free-text-1"): (1, "a", 1.0),
        ("Hello", "kim", "free-text-2"): (2, "b", 2.0),
        ("Hello", "kim", "free-text-3"): (1, "c", 3.0),
        ("Hello", "kim", "free-text-4"): (1, "d", 4.0),
        ("Hello", "kim", "free-text-5"): (1, "e", 5.0),
        ("Hello", "lee", "free-text-1"): (1, "f", None),
    }
    for number, steps in enumerate(([table, guide], [guide, table], None)):
        title = f"Course {number}"
        if steps is None:
            course = arrive(program, roster, table, guide, title=title).course_id
        else:
            course = arrive(program, roster, title=title).course_id
            for step in steps:
                course = arrive(program, step, course=course).course_id
        with opened(program, course) as found:
            assert last_answers(found) == expected
            assert len(found.assessments()) == 5
        assert not arrive(program, roster, table, guide, course=course).changed_anything


def test_assessments_without_a_guide_are_told_apart_by_name_and_number(program: Program, files: Files) -> None:
    table = files.answers("Hello", "Sum|sum|Quiz|Quiz|Quiz (2)", "kim,1,a,1,1,b,2,1,c,3,1,d,4,1,e,5")
    report = arrive(program, files.roster(KIM), table)
    assert report.of("assessments").added == 5
    with opened(program, report.course_id) as found:
        answers = {key[2]: answer[1] for key, answer in last_answers(found).items()}
    assert answers == {"Sum": "a", "sum": "b", "Quiz": "c", "Quiz (2)": "d", "Quiz (2) (1)": "e"}


def test_a_project_called_after_a_student_is_that_students_work(program: Program, files: Files) -> None:
    alone = files.packed("kim.zip", {".codio": b"{}", "main.py": b"1"})
    (link,) = planned(program, files.roster(KIM), alone).open
    assert link.key == "assignment:kim"
    lti = files.text("lti.csv", "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1")
    settled = {link.key: links(planned(program, lti))["assignment:hello"].to}
    report = arrive(program, files.roster(KIM), lti, alone, settled=settled)
    assert workspaces(program, report.course_id) == [("Hello", "kim")]
    assert report.of("published").read == 0
    assert [piece.kind for piece in report.pieces] == ["coursework", "roster", "lti_urls"]


@pytest.mark.parametrize(("name", "top"), [("kim.zip", "Hello"), ("Hello.zip", "kim")])
def test_one_workspace_alone_in_the_data_of_a_student_or_assignment_is_no_project(
    program: Program, files: Files, name: str, top: str
) -> None:
    lti = files.text("lti.csv", "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1")
    data = files.packed(name, {f"{top}/.codio": b"{}", f"{top}/main.py": b"1"})
    report = arrive(program, files.roster(KIM), lti, data)
    assert workspaces(program, report.course_id) == [("Hello", "kim")]
    assert report.of("published").read == 0


def test_an_archive_of_one_assignment_says_so_by_its_name_or_its_outer_folder(program: Program, files: Files) -> None:
    lti = files.text("lti.csv", "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1")
    course = arrive(program, files.roster(KIM, LEE), lti).course_id
    for name, outer in (("Hello.zip", ""), ("Hello.zip", "data/"), ("data.zip", "Hello/")):
        report = arrive(program, files.workspaces(f"{outer}kim", f"{outer}lee", name=name), course=course)
        assert report.of("workspaces").read == 2
    (link,) = planned(program, files.workspaces("kim", "lee", name="data.zip"), course=course).open
    assert link.key == "assignment:data"
    one = files.workspaces("Hello", "Loops", name="kim.zip")
    assert states(program, one, course=course) == {
        "layout:kim.zip": State.MATCHED,
        "assignment:hello": State.MATCHED,
        "assignment:loops": State.OPEN,
        "student:kim": State.MATCHED,
    }


def test_what_one_student_hides_in_a_workspace_does_not_make_projects_of_all(program: Program, files: Files) -> None:
    lti = files.text("lti.csv", "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1")
    contents = {
        "kim/Hello/.guides/secure/mine": b"", "lee/Hello/.codio": b"{}", "kim/Loops/.codio": b"{}",
    }  # fmt: skip
    found = links(planned(program, files.roster(KIM, LEE), lti, files.packed("work.zip", contents)))
    assert found["layout:work.zip"].to == "student/assignment"
    only = {"kim/.guides/secure/mine": b"", "lee/.codio": b"{}"}
    assert links(planned(program, files.roster(KIM, LEE), files.packed("Hello.zip", only)))["layout:Hello.zip"].to == (
        "student"
    )
