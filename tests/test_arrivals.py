"""What a platform gives of a course comes in as the course was: recognised by content, in any order and layout."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from arriving import COURSE, arrive, events_of, files_of, gaps, last_answers, links, opened, planned
from conftest import Clock
from downloading import Platform, below, laid_out, packed
from handling import bring_in, dump, files_below
from sample import SAMPLE, course

from exportmanager.core.arrivals import PieceKind, State
from exportmanager.core.errors import BadSource
from exportmanager.program import Program

SAMPLE_ID = "sample-course"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A library with the sample course as its folder gives it."""
    clock = Clock()
    clock.now = datetime.fromisoformat(f"{course()['taken_on']}T12:00:00Z")  # so that its floating dates stay
    program = Program(tmp_path_factory.mktemp("original") / "library", clock)
    bring_in(program, SAMPLE)
    yield program
    program.close()


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(SAMPLE, tmp_path / "downloads")


def sample_id(program: Program) -> str:
    return program.library.courses()[0].info.id


def test_everything_that_the_platform_gives_makes_the_course_as_it_was(
    original: Program, program: Program, platform: Platform
) -> None:
    report = arrive(program, *platform.everything())
    with opened(original, sample_id(original)) as before, opened(program, report.course_id) as now:
        assert files_of(now) == files_of(before)
        named = {key for assignment in platform.titles for key in platform.names(assignment)}
        told = {key: answer for key, answer in last_answers(before).items() if key[2] in named}
        assert last_answers(now) == told
        assert [a.title for a in now.assignments()] == [a.title for a in before.assignments()]
        assert {a.lti_url for a in now.assignments()} == {a.lti_url for a in before.assignments()}
        known = {(s.id, s.username, s.email, s.name) for s in before.students() if s.role == "student" and s.on_roster}
        assert {(s.id, s.username, s.email, s.name) for s in now.students() if s.on_roster} == known
        assert {a.id for a in now.assessments()} == {a.id for a in before.assessments()}
        told_of_guides = {(g.what, g.who, g.why) for g in before.import_gaps() if g.what in {"guide page", "picture"}}
        assert told_of_guides <= {(g.what, g.who, g.why) for g in now.import_gaps()}
    assert events_of(program, report.course_id) == events_of(original, sample_id(original))
    assert report.of("coach_logs").added == len(platform.rows("coach-logs"))
    assert report.of("blueprints").added == 5
    assert report.of("published").added == 8
    assert [change for change in report.changes if change.changed or change.kept] == []
    assert report.different == 0


def test_begun_work_without_files_is_named(program: Program, platform: Platform) -> None:
    report = arrive(program, *platform.everything())
    assert ("workspace", "Łucja Przykład (s1013), Functions") in gaps(report)


DISGUISES = {
    "coursework": PieceKind.COURSEWORK, "sources": PieceKind.SOURCES, "assessment_data": PieceKind.ASSESSMENT_DATA,
    "access": PieceKind.ACCESS, "coach": PieceKind.COACH_LOGS, "blueprints": PieceKind.BLUEPRINTS,
    "lti": PieceKind.LTI_URLS, "roster": PieceKind.ROSTER,
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".txt", ".zip", ".csv", ".tar.gz", ""])
@pytest.mark.parametrize("piece", DISGUISES)
def test_a_file_is_recognised_whatever_it_is_called(
    program: Program, platform: Platform, piece: str, suffix: str
) -> None:
    made: Path = getattr(platform, piece)(f"notes{suffix}")
    kinds = {found.kind for found in planned(program, made).pieces}
    assert kinds == {DISGUISES[piece]}
    assert not any(found.problem for found in planned(program, made).pieces)


def test_any_order_of_the_same_files_gives_the_same_library(
    program: Program, platform: Platform, tmp_path: Path, clock: Clock
) -> None:
    paths = [*platform.everything(), platform.grades("a1-hello"), platform.student_data("s1001", "ada.zip")]
    arrive(program, *paths)
    expected = dump(program.library.folder), files_below(program.library.folder)
    shuffled = random.Random(7)
    for number in range(3):
        shuffled.shuffle(paths)
        other = Program(tmp_path / f"other-{number}", clock)
        arrive(other, *paths)
        other.close()
        assert dump(tmp_path / f"other-{number}") == expected[0]
        assert files_below(tmp_path / f"other-{number}") == expected[1]


def test_any_order_of_imports_one_by_one_holds_the_same(original: Program, platform: Platform, tmp_path: Path) -> None:
    paths = [platform.coursework(), platform.sources(), platform.assessment_data(), platform.access()]
    roster = platform.roster()
    found = []
    for number, order in enumerate(itertools.permutations(paths)):
        if number % 5:
            continue
        program = Program(tmp_path / f"library-{number}", Clock())
        report = arrive(program, roster, platform.lti())
        for path in order:
            report = arrive(program, path, course=report.course_id)
        with opened(program, report.course_id) as now:
            found.append(
                (
                    files_of(now),
                    last_answers(now),
                    {a.id for a in now.assessments()},
                    sorted(gaps(report)),
                    events_of(program, report.course_id),
                )
            )
        program.close()
    for other in found[1:]:
        for one, first in zip(other, found[0], strict=True):
            assert one == first


LAYOUTS: dict[str, Callable[[Platform], Path]] = {
    "student/assignment": lambda p: p.arranged("x", "student/assignment"),
    "assignment/student": lambda p: p.arranged("x", "assignment/student"),
    "module/assignment/student": lambda p: p.arranged("x", "module/assignment/student"),
    "student/module/assignment": lambda p: p.arranged("x", "student/module/assignment"),
    "module/student/assignment": lambda p: p.arranged("x", "module/student/assignment"),
    "in an outer folder": lambda p: p.arranged("x", "student/assignment", outer="course export 2026"),
    "with zips inside": lambda p: p.arranged("x", "assignment/student", inner="zip"),
    "with tars inside": lambda p: p.arranged("x", "student/assignment", inner="tar.zst", top=True),
    "with tar.gz inside, in a folder": lambda p: p.arranged("x", "assignment/student", inner="tar.gz", outer="o"),
    "as a tar.zst": lambda p: p.arranged("x", "student/assignment", form="tar.zst"),
    "as a tar.gz of zips": lambda p: p.arranged("x", "module/assignment/student", inner="zip", top=True, form="tar.gz"),
    "as a folder": lambda p: p.arranged("x", "assignment/student", form="folder"),
    "as a folder of zips": lambda p: p.arranged("x", "student/assignment", inner="zip", form="folder"),
    "as a folder in a folder": lambda p: p.arranged("x", "student/assignment", outer="o", form="folder"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_workspaces_come_in_from_any_layout(
    original: Program, program: Program, platform: Platform, layout: str
) -> None:
    report = arrive(program, platform.roster(), platform.lti(), LAYOUTS[layout](platform))
    with opened(original, sample_id(original)) as before, opened(program, report.course_id) as now:
        assert files_of(now) == files_of(before)


def test_a_student_and_an_assignment_by_themselves_come_in_too(
    original: Program, program: Program, platform: Platform
) -> None:
    report = arrive(program, platform.roster(), platform.lti())
    ada = platform.people["s1001"]["username"]
    with opened(original, sample_id(original)) as before:
        expected = files_of(before)
    report = arrive(program, platform.student_data("s1001"), course=report.course_id)
    with opened(program, report.course_id) as now:
        of_ada = {key: files for key, files in expected.items() if key[1] == ada}
        assert files_of(now) == of_ada
    title = platform.titles["a4-loops"]
    for inner in ("zip", "tar.zst"):
        report = arrive(program, platform.assignment_data("a4-loops", inner=inner), course=report.course_id)
        with opened(program, report.course_id) as now:
            of_loops = {
                key: files for key, files in files_of(now).items() if key[0] == title and key[1] in _folders(platform)
            }
            assert of_loops == {key: expected[key] for key in of_loops}
            assert len(of_loops) >= 20
    assert report.of("workspaces").unchanged == report.of("workspaces").read
    assert report.of("results").read == len(platform.students)


def _folders(platform: Platform) -> set[str]:
    return {person["username"] for person in platform.people.values()}


FORMS = [
    ("folder", ""), ("zip", ""), ("tar.gz", ""), ("tar.zst", ""), ("zip", "project"), ("tar.gz", "x y"),
    ("tar.zst", "project"), ("folder", "top"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "top"), FORMS)
def test_a_project_comes_as_a_folder_or_archive_with_or_without_a_folder_around_it(
    program: Program, platform: Platform, form: str, top: str
) -> None:
    made = platform.project("a4-loops", "Loops and patterns", form, top)
    report = arrive(program, made)
    with opened(program, report.course_id) as found:
        (assignment,) = found.assignments()
        assert assignment.title == "Loops and patterns"
        package = program.library.project_package(found.info.id, assignment.id)
        assert package is not None
        content = found.contents([package.stem])[package.stem]
    folder = SAMPLE / "assignments" / "a4-loops"
    assert sorted(file.path for file in content) == sorted(below(folder))
    assert report.of("assessments").added == len(platform.names("a4-loops"))


def test_a_folder_full_of_downloads_is_taken_apart(original: Program, program: Program, platform: Platform) -> None:
    platform.everything()
    rubbish = platform.folder
    (rubbish / "holiday.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (rubbish / "letter.docx").write_bytes(_document())
    (rubbish / "empty.csv").write_bytes(b"")
    (rubbish / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (rubbish / "link.zip").symlink_to(rubbish / "coursework.zip")
    (rubbish / "again").symlink_to(rubbish, target_is_directory=True)
    report = arrive(program, rubbish)
    with opened(original, sample_id(original)) as before, opened(program, report.course_id) as now:
        assert files_of(now) == files_of(before)
        assert now.info.title == COURSE
    named = {gap.what for gap in report.gaps if not gap.who}
    assert {"holiday.jpg", "letter.docx", "empty.csv", "link.zip", "again"} <= named


def _document() -> bytes:
    return packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}, "zip")


def test_students_archives_that_were_unpacked_into_a_folder_belong_together(
    program: Program, platform: Platform, tmp_path: Path
) -> None:
    known = arrive(program, platform.roster(), platform.lti()).course_id
    platform.assignment_data("a4-loops", "Loops and patterns", form="folder", inner="tar.zst")
    report = arrive(program, platform.folder / "Loops and patterns", course=known)
    assert report.of("workspaces").added >= 20
    assert report.of("results").added == len(platform.students)
    assert [piece.kind for piece in report.pieces] == ["grades", "coursework"]


def test_workspaces_without_any_mark_are_found_by_names_that_are_known(program: Program, platform: Platform) -> None:
    known = arrive(program, platform.roster(), platform.lti()).course_id
    files: dict[str, bytes | Path] = {}
    for person in platform.students[:3]:
        for title in ("Functions", "Loops and patterns"):
            files[f"{person['username']}/{title}/src/main.py"] = f"# {person['id']} {title}".encode()
        files[f"{person['username']}/notes.txt"] = b"beside"
    made = platform.write("files.zip", files, "zip")
    plan = planned(program, made, course=known)
    assert links(plan)["layout:files.zip"].to == "student/assignment"
    report = arrive(program, made, course=known)
    assert report.of("workspaces").added == 6
    left = [gap.why for gap in report.gaps if gap.what == "files.zip"]
    assert len([why for why in left if "/notes.txt: " in why]) == 3


def test_names_that_nobody_knows_are_asked_about(program: Program, platform: Platform) -> None:
    made = platform.coursework()
    plan = planned(program, made)
    (link,) = plan.open
    assert link.key == "layout:coursework.zip"
    assert {"student/assignment", "assignment/student"} <= {choice.value for choice in link.candidates}
    with pytest.raises(BadSource, match="coursework.zip"):
        arrive(program, made)
    assert program.library.courses() == []
    report = arrive(program, made, settled={link.key: "student/assignment"})
    assert report.of("workspaces").added == 151
    assert {new.state for new in planned(program, made, **{link.key: "student/assignment"}).links} == {
        State.NEW,
        State.CHOSEN,
    }


def test_an_empty_folder_of_a_student_is_an_empty_workspace(program: Program, platform: Platform) -> None:
    known = arrive(program, platform.roster(), platform.lti()).course_id
    files: dict[str, bytes | Path] = {f"{platform.students[0]['username']}/Functions/.codio": b"{}"}
    folder = platform.folder / "files"
    laid_out(files, folder)
    (folder / platform.students[1]["username"] / "Functions").mkdir(parents=True)
    report = arrive(program, folder, course=known)
    assert report.of("workspaces").added == 2


@pytest.mark.parametrize("top", ["", "course"])
def test_a_course_folder_comes_as_it_is_and_in_an_archive_it_is_told_to_be_unpacked(
    program: Program, platform: Platform, top: str
) -> None:
    (piece,) = planned(program, SAMPLE).pieces
    assert piece.kind is PieceKind.COURSE_FOLDER
    with pytest.raises(BadSource, match=r"holds a course folder\. Unpack it, and add the folder\."):
        arrive(program, platform.write("course.zip", below(SAMPLE, top), "zip"))
