"""The export of guides as PDF: what is in it for whom, what it says is missing, and how it begins."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from commanding import CommandLine
from conftest import Clock
from guide_packages import texts
from handling import bring_in, export, file_of, members, needs, rows, run
from pypdf import PdfReader

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import NothingToExport
from exportmanager.core.export import PagesPreview
from exportmanager.core.options import checked
from exportmanager.core.report import Count, Report
from exportmanager.exports.pdf import KIND, PdfOptions
from exportmanager.program import Program

SECRET = "Pineapple"
"""Only teachers may read it."""


def a_course(folder: Path) -> CourseBuilder:
    """Two assignments with guides, one whose guide is for teachers only, and one without a published project."""
    builder = CourseBuilder(folder)
    builder.course |= {"term": "Spring", "language": "en-GB"}
    builder.course["modules"][0]["assignments"] += [{"id": "a3", "title": "Notes: all"}, {"id": "a4", "title": "Later"}]
    builder.guide_page(
        "a1", "Welcome", f"Hello.\n\n{{Pick|assessment}}(multiple-choice-1)\n\n|||guidance\n{SECRET}\n|||\n"
    )
    builder.guide_page("a1", "Pictures", "Look: ![](.guides/img/gone.png) {Try|assessment}(test-404)")
    builder.guide_page("a1", "Staff", f"{SECRET} for the staff.", teacherOnly=True)
    builder.guide_page("a2", "Around", "And around.")
    builder.guide_page("a3", "Staff", SECRET, teacherOnly=True)
    answers = [{"_id": "1", "answer": "Apple", "correct": False}, {"_id": "2", "answer": "Pear", "correct": True}]
    source = {"name": "Fruit", "instructions": "Which?", "guidance": f"{SECRET} would be wrong.", "answers": answers}
    question = {"type": "multiple-choice", "taskId": "multiple-choice-1", "source": source}
    place = builder.folder / "assignments/a1/.guides/assessments/multiple-choice-1.json"
    place.parent.mkdir()
    place.write_text(json.dumps(question))
    return builder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A library with that course, which these tests only read."""
    folder = tmp_path_factory.mktemp("pdf")
    program = Program(folder / "library", Clock())
    bring_in(program, a_course(folder / "course").write())
    yield program
    program.close()


@pytest.fixture
def course(library: Program) -> Iterator[Course]:
    with library.library.course(CourseId("course-1")) as course:
        yield course


def written(library: Program, **options: Any) -> tuple[Path, Report]:
    job = export(library, kind="pdf", **options)
    assert job.report
    return file_of(library, job), job.report


@pytest.fixture(scope="module")
def book(library: Program) -> tuple[Path, Report]:
    return written(library)


@pytest.fixture(scope="module")
def teachers(library: Program) -> tuple[Path, Report]:
    return written(library, edition="teacher", teacher_notes=True, paper="Letter")


def gaps(report: Report) -> list[tuple[str, str, str, bool]]:
    return [(gap.who, gap.what, gap.why, gap.chosen) for gap in report.gaps]


def test_all_assignments_are_one_book_for_students(book: tuple[Path, Report]) -> None:
    path, _ = book
    assert path.suffix == ".pdf"
    title, contents, first, second, last = texts(path.read_bytes())
    assert title.startswith("SMALL · Spring A small course Student edition Hello Loops 3 pages")
    assert title.endswith("Taken from the platform on 2026-03-01")
    assert contents == "Contents Hello 1 Welcome 1 Pictures 2 Loops 3 Around 3 A small course"
    assert first.startswith("Hello Welcome Hello.")
    assert "Which?" in first
    assert second.startswith("Pictures Look:")
    assert last.startswith("Loops Around And around.")
    reader = PdfReader(path)
    assert reader.metadata
    assert reader.metadata.title == "A small course"
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert tuple(reader.pages[2].mediabox[2:]) == pytest.approx((595.28, 841.89), abs=0.01)


def test_the_report_counts_what_is_in_it_and_names_what_is_not(book: tuple[Path, Report]) -> None:
    report = book[1]
    assert report.counts == (
        Count(thing="assignments", expected=4, done=2),
        Count(thing="guide pages", expected=3, done=3),
        Count(thing="questions", expected=1, done=1),
    )
    found = gaps(report)
    assert ("Later", "guide", "there is no published project of it in the library", False) in found
    assert ("Notes: all", "guide", "its guide has no pages", False) in found
    assert ("Hello", "teacher-only guide page", "left out, as chosen", True) in found
    assert [what for who, what, _, _ in found if who == "Hello"] == [
        "Picture .guides/img/gone.png", "Question test-404", "teacher-only guide page",
    ]  # fmt: skip


def test_teachers_get_solutions_and_notes_marked_as_such(
    book: tuple[Path, Report], teachers: tuple[Path, Report]
) -> None:
    pages = texts(teachers[0].read_bytes())
    assert "".join(pages).count(SECRET) == 4
    assert all("Not for students" in page for page in pages)
    assert "Teacher edition, with solutions With teacher-only notes" in pages[0]
    assert not any(SECRET in page or "Not for students" in page for page in texts(book[0].read_bytes()))
    assert teachers[1].counts[1] == Count(thing="guide pages", expected=5, done=5)
    solutions, notes = "expected answers, rubrics and guidance", "what only teachers see on the platform"
    assert teachers[1].notes[0] == f"Not for students: it holds {solutions}, and {notes}."
    assert tuple(PdfReader(teachers[0]).pages[0].mediabox[2:]) == (612, 792)


def test_several_pdfs_come_in_a_zip_that_says_what_is_in_it(library: Program, tmp_path: Path) -> None:
    path, report = written(library, one_file=False)
    files = members(path)
    assert list(files) == ["Hello.pdf", "Loops.pdf", "README.txt", "manifest-sha256.txt"]
    title, _, first, _ = texts(files["Hello.pdf"])
    assert title.startswith("A small course · SMALL · Spring Hello Student edition 2 pages")
    assert first.startswith("Welcome Hello.")
    readme = " ".join(files["README.txt"].decode().split())
    for gap in report.gaps:
        assert f"- {gap.who}: {gap.what}: {gap.why}" in readme
    needs("sha256sum")
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    run("sha256sum", "-c", "manifest-sha256.txt", cwd=tmp_path)


def test_one_assignment_alone_is_a_plain_pdf(library: Program) -> None:
    path, report = written(library, assignments=["a2"], one_file=False)
    assert path.suffix == ".pdf"
    assert texts(path.read_bytes())[0].startswith("A small course · SMALL · Spring Loops Student edition 1 page")
    assert report.counts[0] == Count(thing="assignments", expected=1, done=1)
    assert report.gaps == ()


def test_the_estimate_says_first_what_a_teacher_should_know(course: Course) -> None:
    def notes(**options: Any) -> tuple[str, ...]:
        return KIND.estimate(course, checked(PdfOptions, options)).notes

    without = "1 assignment without a published guide is not in it."
    assert notes() == (without,)
    assert notes(assignments=["a1"]) == ()
    assert notes(teacher_notes=True)[0] == "Not for students: it holds what only teachers see on the platform."
    estimate = KIND.estimate(course, PdfOptions())
    assert estimate.summary == "3 assignments with about 5 guide pages"
    assert estimate.suffix == ".pdf"
    assert KIND.estimate(course, PdfOptions(one_file=False)).suffix == ".zip"


@pytest.mark.parametrize("chosen", ["a3", "a4"])
def test_where_there_is_no_page_nothing_is_written(course: Course, chosen: str) -> None:
    with pytest.raises(NothingToExport):
        KIND.preview(course, checked(PdfOptions, {"assignments": [chosen]}))


def test_the_preview_is_how_the_document_of_the_first_assignment_begins(course: Course) -> None:
    preview = KIND.preview(course, PdfOptions(paper="Letter"))
    assert isinstance(preview, PagesPreview)
    assert preview.says == "The first pages of Hello, as they will be printed."
    pages = texts(preview.pdf)
    assert pages[0].startswith("A small course · SMALL · Spring Hello Student edition")
    assert pages[2].startswith("Welcome Hello.")
    assert not any(" of " in page or "pages" in page for page in pages)  # nobody knows yet how many there will be
    assert PdfReader(io.BytesIO(preview.pdf)).pages[0].mediabox[2:] == [612, 792]


def test_a_package_that_is_not_what_was_imported_is_a_gap(program: Program, tmp_path: Path) -> None:
    bring_in(program, a_course(tmp_path / "course").write())
    ((damaged,),) = rows(program.library.folder, "SELECT package FROM published_versions WHERE assignment_id = 'a2'")
    path = program.library.folder / "workspaces" / damaged[:2] / f"{damaged}.zip"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    _, report = written(program, assignments=["a1", "a2"])
    why = "its file in the library is damaged: it is not what was imported"
    assert ("Loops", "guide", why, False) in gaps(report)
    assert report.counts[0] == Count(thing="assignments", expected=2, done=1)
    with pytest.raises(NothingToExport):
        export(program, kind="pdf", assignments=["a2"])


def test_many_gaps_are_counted_and_not_all_listed(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.guide_page("a1", "Many", "\n\n".join(f"![](.guides/img/{number}.png)" for number in range(400)))
    bring_in(program, builder.write())
    _, report = written(program, assignments=["a1"])
    assert len(report.gaps) == 301
    assert report.gaps[-1].what == "100 more like these"


def test_the_command_line_says_what_it_would_hold(library: Program, capsys: pytest.CaptureFixture[str]) -> None:
    cli = CommandLine(library.library.folder, capsys)
    said = cli("export", "pdf", "SMALL", "--assignment", "a1", "--edition", "teacher", "--preview")
    assert said.code == 0
    assert said.out.startswith("1 assignment with about 3 guide pages, about ")
    assert said.err.endswith("Not for students: it holds expected answers, rubrics and guidance.\n")
    (record,) = cli.json("export", "pdf", "SMALL", "--preview")
    assert record["id"] == "pdf"
    assert record["summary"] == "3 assignments with about 5 guide pages"
    assert record["bytes"] > 1000
