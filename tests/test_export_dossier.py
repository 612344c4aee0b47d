"""The dossier: what one PDF says of one student's work on one assignment, and whom it leaves alone."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from commanding import CommandLine
from conftest import Clock
from guide_packages import texts
from handling import bring_in, needs, run, taken_in
from hostile import FILES, hostile_course
from pypdf import PdfReader

from exportmanager.archive.leaving_out import Without
from exportmanager.archive.pseudonymous import Pseudonymous
from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import BadOptions, Cancelled
from exportmanager.core.export import PagesPreview
from exportmanager.core.meter import Meter
from exportmanager.core.options import checked
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.dossier import KIND, DossierOptions
from exportmanager.exports.pieces import dossier_files
from exportmanager.exports.pieces.dossier_files import Files, files_told
from exportmanager.exports.pieces.dossier_record import pair_of, record_of
from exportmanager.formats.notebooks import notebook_lines
from exportmanager.formats.pdf import dossier_printing
from exportmanager.formats.pdf.dossier import Changes, Code, Paragraph, Section, SectionsWanted, draw_sections
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.zips import ZipWriter
from exportmanager.program import Program

COURSE = CourseId("course-1")
STARTER = "import sys\n\n\ndef total(numbers):\n    return 0\n\n\nprint(total(sys.argv))\n"
NOTE = "Talked about it on Monday."


def a_course(folder: Path) -> CourseBuilder:
    """A student with something of everything, and another one whose work must not show."""
    builder = CourseBuilder(folder)
    builder.course["modules"][0]["assignments"][0] |= {"version": 2, "points": 10}
    builder.guide_page("a1", "One", "# One")
    questions = folder / "assignments/a1/.guides/assessments"
    questions.mkdir()
    options = [{"_id": "1", "answer": "Apple", "correct": False}, {"_id": "2", "answer": "Pear", "correct": True}]
    source = {"name": "Fruit", "points": 2, "instructions": "Which?", "guidance": "By its name.", "answers": options}
    question = {"taskId": "q1", "type": "multiple-choice", "source": source}
    (questions / "q1.json").write_text(json.dumps(question))
    starter = {"main.py": STARTER, "same.py": "SAME = 1\n", "gone.txt": "x", "notes.txt": "one\r\ntwo\r\n"}
    for name, text in starter.items():
        (folder / "assignments/a1" / name).write_bytes(text.encode())
    work = {"main.py": STARTER.replace("return 0", "return sum(numbers)"), "same.py": "SAME = 1\n"}
    for name, text in {**work, "notes.txt": "one\ntwo\n", "new.py": "NEW = 2\n"}.items():
        builder.file("s1", "a1", name, text)
    builder.file("s1", "a1", "picture.bin", bytes(range(256)))
    builder.file("s2", "a1", "other.py", "OTHERS = 1\n")
    for student, answer in (("s1", "2"), ("s2", "1")):
        builder.add("answers", student=student, assignment="a1", assessment="q1", attempt=1, answer="no JSON", points=0)
        stored = json.dumps({"active": answer})
        at = "2026-02-18T09:15:01Z"
        builder.add(
            "answers", student=student, assignment="a1", assessment="q1", attempt=2, at=at, answer=stored, points=2
        )
        path, ip = f"path-of-{student}/hello", f"192.0.2.{student[1:]}"
        event = {"user": student, "assignment": "a1", "type": "project_open", "project_path": path, "ip": ip}
        builder.add("access", at="2026-02-18T09:00:00Z", **event)
        builder.add("access", at="2024-01-01T09:00:00Z", **event)
        builder.add("access", at="2026-02-18T09:00:00Z", **(event | {"assignment": "a2"}))
        builder.add(
            "coach-logs", at=at, user=student, assignment="a1", question=f"Asked by {student}?", response="Look."
        )
        builder.add("results", student=student, assignment="a1", state="completed", grade=62.5, time_spent_seconds=5025)
    return builder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A library with that course, which these tests only read."""
    folder = tmp_path_factory.mktemp("dossier")
    program = Program(folder / "library", Clock())
    bring_in(program, a_course(folder / "course").write())
    for student, text in (("s1", NOTE), ("s2", "Not about her.")):
        program.library.notes.keep(
            COURSE, StudentId(student), AssignmentId("a1"), text, datetime(2026, 3, 1, tzinfo=UTC)
        )
    yield program
    program.close()


def written(program: Program, student: str, assignment: str, **options: Any) -> tuple[bytes, Report]:
    chosen = checked(DossierOptions, {"students": [student], "assignments": [assignment], **options})
    out = io.BytesIO()
    with program.library.course(COURSE) as course:
        report = KIND.write(course, chosen, out, Meter())
    return out.getvalue(), report


@pytest.fixture(scope="module")
def made(library: Program) -> tuple[bytes, Report]:
    return written(library, "s1", "a1")


def test_it_says_what_was_answered_when_and_what_was_expected(made: tuple[bytes, Report]) -> None:
    text = " ".join(texts(made[0]))
    assert "Attempt 2 \u00b7 2026-02-18 10:15:01 \u00b7 points: 2 of 2 Pear" in text
    assert "Attempt 1 \u00b7 at an unknown time \u00b7 points: 0 of 2 no JSON" in text
    assert "Question Which? Expected answer Pear Rationale By its name." in text
    assert "Grade 62.5 %" in text
    assert "Time spent 1 h 23 min 45 s" in text
    assert "Points for answers 2 of 2 (last attempts)" in text


def test_code_has_line_numbers_and_what_is_no_text_is_listed_with_its_hash(
    made: tuple[bytes, Report], library: Program
) -> None:
    text = " ".join(texts(made[0]))
    assert "4 def total(numbers): 5 return sum(numbers)" in text
    with library.library.course(COURSE) as course:
        (mine,) = (w for w in course.workspaces() if w.student_id == "s1")
        (picture,) = (f for f in course.contents([mine.package.sha256])[mine.package.sha256] if "picture" in f.path)
    together = text.replace(" ", "")
    assert picture.sha256 in together
    assert mine.package.sha256 in together
    assert "256 new listed only: not text" in text


def test_differences_to_the_starter_files_are_lines_with_signs(made: tuple[bytes, Report]) -> None:
    text = " ".join(texts(made[0]))
    assert "5 - return 0 5 + return sum(numbers)" in text
    assert "Starter files that the workspace does not have gone.txt" in text
    assert "Its lines are the same: only how they end" in text  # notes.txt
    assert ".guides" not in text


def test_it_holds_history_and_notes_of_this_student_and_assignment_only(made: tuple[bytes, Report]) -> None:
    text = " ".join(texts(made[0]))
    assert text.count("path-of-s1/hello") == 1  # in the months that the course keeps
    assert "older access events and questions are left out: 1." in text
    assert "Asked by s1?" in text
    assert "Logging in and out belongs to no assignment: it is in the export of access data." in text
    assert NOTE in text
    for other in ("s2", "OTHERS", "other.py", "192.0.2.2", "Bo Sample", "Not about her", "Apple"):
        assert other not in text


def test_code_that_is_not_printed_whole_is_named_in_the_dossier_and_in_its_report(
    library: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_files, "_OF_A_FILE", 4)
    pdf, report = written(library, "s1", "a1")
    why = "only its first 4 of 8 lines are printed: the dossier would be too long"
    assert f"main.py {why}" in " ".join(texts(pdf)[2:3])
    assert ("main.py", why) in [(gap.what, gap.why) for gap in report.gaps]


def test_the_report_counts_what_is_in_it(made: tuple[bytes, Report]) -> None:
    pages = len(texts(made[0])) - 2
    counts = (
        Count(thing="answers", expected=2, done=2),
        Count(thing="files", expected=5, done=5),
        Count(thing="pages", expected=pages, done=pages),
    )
    assert made[1].counts == counts
    assert made[1].gaps == ()


def test_outline_head_and_page_numbers_lead_through_it(made: tuple[bytes, Report]) -> None:
    reader = PdfReader(io.BytesIO(made[0]))
    tops = [str(item["/Title"]) for item in reader.outline if not isinstance(item, list)]
    assert tops[:3] == ["How the work stands", "What is missing, and why", "Answers"]
    assert tops[-4:] == ["Access history", "Coach history", "Teacher's notes", "Where the data come from"]
    pages = texts(made[0])
    assert all("Dossier - Ada Example - Hello" in page for page in pages[2:])
    assert f"1 of {len(pages) - 2}" in pages[2]


def test_other_programs_find_nothing_wrong_with_it(made: tuple[bytes, Report], tmp_path: Path) -> None:
    needs("qpdf")
    path = tmp_path / "dossier.pdf"
    path.write_bytes(made[0])
    run("qpdf", "--check", str(path))


def test_with_pseudonyms_nothing_of_ours_tells_who_it_is(library: Program) -> None:
    pdf, report = written(library, "s1", "a1", privacy="pseudonymous")
    info = PdfReader(io.BytesIO(pdf)).metadata
    told = " ".join([*texts(pdf), str(info), report.model_dump_json()])
    for who in ("Ada", "Example", "user1", "path-of-s1", "192.0.2.1"):
        assert who not in told
    assert any("pseudonym" in note for note in report.notes)


def test_with_pseudonyms_reasons_name_nobody_either(library: Program) -> None:
    why = "Example_Ada.zip holds a second one (hello/ADA EXAMPLE), and the first was kept"
    with library.library.whole_course(COURSE) as course:
        gap = Gap(what="second workspace", who="Ada Example, Hello", why=why, student_id="s1", assignment_id="a1")

        class Told(Without):
            def import_gaps(self) -> list[Gap]:
                return [gap]

        about = checked(DossierOptions, {"students": ["s1"], "assignments": ["a1"]})
        for is_pseudonymous in (False, True):
            pair = pair_of(
                Told(course, frozenset()), about.assignments, about.students, is_pseudonymous=is_pseudonymous
            )
            told = record_of(pair, Meter()).missing
            who = pair.shown
            said = why if not is_pseudonymous else f"{who}.zip holds a second one (hello/{who}), and the first was kept"
            assert told == (("second workspace", said),)


def test_where_nothing_is_there_it_says_so_and_why(library: Program) -> None:
    pdf, report = written(library, "s3", "a2")
    text = " ".join(texts(pdf))
    assert "workspace the student never started it" in text
    assert "The published version of the assignment is not in the library" not in text  # there is nothing to compare
    assert "The SHA-256 names a package" not in text
    assert [(gap.what, gap.who) for gap in report.gaps] == [("workspace", "Cy Specimen")]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "3 students and 2 assignments"),
        ({"students": ["s1"]}, "1 student and 2 assignments"),
        ({"students": ["s1", "s2"], "assignments": ["a1"]}, "2 students and 1 assignment"),
        ({"students": [], "assignments": ["a1"]}, "0 students and 1 assignment"),
    ],
)
def test_it_is_about_exactly_one_student_and_assignment(
    chosen: dict[str, list[str]], said: str, library: Program
) -> None:
    options = checked(DossierOptions, chosen)
    with library.library.course(COURSE) as course:
        for ask in (KIND.estimate, KIND.preview):
            with pytest.raises(BadOptions, match=f"{said} are chosen"):
                ask(course, options)


def test_a_preview_is_the_first_pages_without_code(library: Program) -> None:
    options = checked(DossierOptions, {"students": ["s1"], "assignments": ["a1"]})
    with library.library.course(COURSE) as course:
        preview = KIND.preview(course, options)
    assert isinstance(preview, PagesPreview)
    text = " ".join(texts(preview.pdf))
    assert "Expected answer Pear" in text
    assert "sum(numbers)" not in text


def test_a_damaged_package_is_named_and_the_rest_is_there(program: Program, tmp_path: Path) -> None:
    with taken_in(program, a_course(tmp_path / "course")) as course:
        (mine,) = (w for w in course.workspaces() if w.student_id == "s1")
        path = course.package_path(mine.package.sha256)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    pdf, report = written(program, "s1", "a1")
    text = " ".join(texts(pdf))
    assert "its file in the library is damaged" in text
    assert "Expected answer Pear" in text
    assert [(gap.what, gap.why[:30]) for gap in report.gaps] == [("workspace", "its file in the library is dam")]
    assert report.counts[1].done == 0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("hostile")
    program = Program(folder / "library", Clock())
    bring_in(program, hostile_course(folder / "course"))
    yield program
    program.close()


@pytest.mark.parametrize("number", [4, 8, 10, 12, 13, 15, 19])
def test_hostile_names_and_answers_are_drawn_as_text(number: int, hostile: Program) -> None:
    pdf, report = written(hostile, f"h{number}", f"a{number}")
    text = " ".join(texts(pdf))
    assert "print(" in text
    assert "\u202e" not in text
    assert not [gap for gap in report.gaps if "could not draw" in gap.why]


def test_hostile_paths_are_listed_each(hostile: Program) -> None:
    _, report = written(hostile, "s1", "a0")
    assert report.counts[1].done == len(FILES) + 2


def files(**texts: bytes) -> Files:
    """A package of files."""
    out = io.BytesIO()
    with ZipWriter(out) as writer:
        for name, data in texts.items():
            writer.add(name, data)
    entries = [PackedFile(name, len(data), 0o644, hashlib.sha256(data).hexdigest()) for name, data in texts.items()]
    return Files(out.getvalue(), entries)


def test_what_the_student_changed_is_printed_before_what_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_files, "_OF_ALL", 100)
    monkeypatch.setattr(dossier_files, "_OF_SAME", 50)
    same = {f"a{number}": b"x\n" * 20 for number in range(6)}
    told = files_told(files(**same, zz=b"y\n" * 60), files(**same), Meter())
    assert [section.title for section in told.code] == ["a0", "a1", "zz"]
    assert [row[3] for row in told.listed] == ["printed"] * 2 + ["listed only: the dossier would be too long"] * 4 + [
        "printed"
    ]


def test_huge_files_and_lines_are_not_printed_whole() -> None:
    told = files_told(files(huge=b"x\n" * (1 << 20), wide=b"y" * 400_000, long=b"z\n" * 5_000), None, Meter())
    whys = {name.partition("\n")[0]: why for name, _, _, why in told.listed}
    assert whys["huge"] == "listed only: larger than 512 KiB"
    assert whys["long"] == "only its first 4,000 of 5,000 lines are printed: the dossier would be too long"
    assert whys["wide"] == "printed"
    assert told.short == [("long", whys["long"])]
    long, wide = told.code
    assert isinstance(long.blocks[0], Code)
    assert len(long.blocks[0].lines) == 4_000
    assert long.blocks[1] == Paragraph(
        "Only its first 4,000 of 5,000 lines are printed: the dossier would be too long."
    )
    assert isinstance(wide.blocks[0], Code)
    assert "bytes more" in wide.blocks[0].lines[0]


def test_of_many_files_those_that_have_no_room_are_named() -> None:
    told = files_told(files(**{f"f{number}": b"x\n" * 3_900 for number in range(4)}), None, Meter())
    assert [row[3].partition(":")[0] for row in told.listed] == [
        "printed", "printed", "only its first 1,200 of 3,900 lines are printed", "listed only",
    ]  # fmt: skip
    assert [path for path, _ in told.short] == ["f2", "f3"]


def test_a_notebook_is_printed_and_compared_by_its_cells_and_not_as_json() -> None:
    def book(source: str) -> bytes:
        picture = {"output_type": "display_data", "data": {"image/png": "iVBO" * 5_000, "text/plain": ["<Figure>"]}}
        cells = [
            {"cell_type": "markdown", "source": ["# Title\n", "<script>alert(1)</script>"]},
            {
                "cell_type": "code",
                "source": source,
                "outputs": [{"name": "stdout", "text": "\x1b[31m1\x1b[0m\n"}, picture],
            },
            "no cell",
        ]
        return json.dumps({"cells": cells, "nbformat": 4}).encode()

    told = files_told(files(**{"a.ipynb": book("print(1)\nmine = 2")}), files(**{"a.ipynb": book("print(1)")}), Meter())
    code = told.code[0].blocks[1]
    assert isinstance(code, Code)
    assert code.lines == (
        "[cell 1: markdown]", "# Title", "<script>alert(1)</script>", "[cell 2: code]", "print(1)", "mine = 2",
        "[cell 2 gave]", "1", "[cell 2 gave]", "(a picture)", "<Figure>",
    )  # fmt: skip
    (changes,) = told.changes[0].blocks
    assert isinstance(changes, Changes)
    assert [line.text for line in changes.lines if line.sign in "+-"] == ["mine = 2"]


@pytest.mark.parametrize(
    "book, lines",
    [
        ({"worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}]}, ["[cell 1: code]", "a", "b"]),
        ({"worksheets": [{"cells": 5}, 6, {}]}, []),
        ({"cells": [{"cell_type": 1, "source": {}, "outputs": [7, {"data": 8, "text": 9}, {"traceback": [1, "E"]}]}]},
         ["[cell 1: unknown]", "[cell 1 gave]", "[cell 1 gave]", "E"]),
        ({"cells": {}}, None),
        ([], None),
    ],
)  # fmt: skip
def test_a_notebook_may_hold_anything(book: object, lines: list[str] | None) -> None:
    assert notebook_lines(json.dumps(book).encode(), "a.ipynb") == lines


def test_what_is_only_called_a_notebook_is_printed_as_text() -> None:
    told = files_told(files(**{"a.ipynb": b"no json\n", "b.ipynb": b"[1]", "c.ipynb": b"x" * 600_000}), None, Meter())
    assert [section.blocks for section in told.code] == [(Code((line,), ""),) for line in ("no json", "[1]")]


def test_differences_have_a_few_lines_around_and_say_where_they_are() -> None:
    old = [f"line {number}" for number in range(40)]
    new = [*old[:10], "TEN", *old[11:30], *old[31:]]
    told = files_told(files(f="\n".join(new).encode()), files(f="\n".join(old).encode()), Meter())
    (block,) = told.changes[0].blocks
    assert isinstance(block, Changes)
    assert [line.text for line in block.lines if line.sign == "@"] == [
        "@@ from line 8 before, line 8 now @@",
        "@@ from line 28 before, line 28 now @@",
    ]
    assert [(line.sign, line.before, line.now, line.text) for line in block.lines if line.sign in "+-"] == [
        ("-", 11, 0, "line 10"),
        ("+", 0, 11, "TEN"),
        ("-", 31, 0, "line 30"),
    ]


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 8, 9, 40])
@pytest.mark.parametrize("sign", ["changed", "added", "removed"])
def test_no_difference_is_left_out_wherever_it_is(length: int, sign: str) -> None:
    old = [f"line {number}" for number in range(length)]
    for place in range(length):
        now = {"changed": ["CHANGED"], "added": [old[place], "ADDED"], "removed": []}[sign]
        new = [*old[:place], *now, *old[place + 1 :]]
        told = files_told(files(f="\n".join(new).encode()), files(f="\n".join(old).encode()), Meter())
        (block,) = told.changes[0].blocks
        assert isinstance(block, Changes)
        lines = [line.text for line in block.lines if line.sign == "+"]
        gone = [line.text for line in block.lines if line.sign == "-"]
        assert lines == ([] if sign == "removed" else now[-1:]), place
        assert gone == ([] if sign == "added" else old[place : place + 1]), place


def test_stop_ends_it_while_it_reads_or_draws(library: Program) -> None:
    options = checked(DossierOptions, {"students": ["s1"], "assignments": ["a1"]})
    with library.library.course(COURSE) as course, pytest.raises(Cancelled):
        KIND.write(course, options, io.BytesIO(), Meter(stop=lambda: True))


def test_a_section_that_cannot_be_drawn_says_so_in_its_place() -> None:
    wanted = SectionsWanted(
        sections=(Section("main.py", 1, (Code(("secret",), "python"),)),), first=0, edition=Edition(), head="",
        instead=dossier_printing._INSTEAD,
    )  # fmt: skip
    plain = replace(wanted, instead="", has_colours=False)
    told: list[int] = []
    assert len(draw_sections(plain, tell=told.append).sheets) == 1
    part = draw_sections(wanted, tell=told.append)
    assert told == [0, 0]
    assert part.places.keys() == {"s0"}


def test_notes_are_read_by_everything_that_wraps_a_course(library: Program) -> None:
    with library.library.whole_course(COURSE) as course:
        assert [(n.student_id, n.assignment_id, n.text) for n in course.notes()][0] == ("s1", "a1", NOTE)
        assert [n.student_id for n in Without(course, frozenset({StudentId("s1")})).notes()] == ["s2"]
        other = Pseudonymous(course)
        people = {student.id for student in other.students()}
        assert {n.student_id for n in other.notes()} <= people
        assert sorted(n.text for n in other.notes()) == sorted(n.text for n in course.notes())


def test_the_command_line_makes_one(library: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = CommandLine(library.library.folder, capsys)
    said = command("export", "dossier", "SMALL", "--student", "s1", "--assignment", "a1", "--save-to", tmp_path)
    assert said.code == 0, said
    assert "Not for students" in said.err
    (pdf,) = tmp_path.glob("*.pdf")
    assert NOTE in " ".join(texts(pdf.read_bytes()))
    refused = command("export", "dossier", "SMALL", "--student", "s1")
    assert refused.code != 0
    assert "1 student and 2 assignments are chosen" in refused.err
