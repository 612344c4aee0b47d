"""The certificate of an archive says what it holds, what is missing and why, and what it cannot prove."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from bagging import archived, bring_in_twice, files_of
from building import CourseBuilder
from conftest import Clock
from proving import certificate
from pypdf import PdfReader

from exportmanager.archive.certificate import (
    beside,
    certificate_text,
    read_beside,
    read_certificate,
    write_beside,
)
from exportmanager.archive.certificate_pdf import certificate_pdf
from exportmanager.core.archive import ArchiveRecord, Certificate, CertifiedCell, Somebody
from exportmanager.core.errors import Damaged, MalformedFile, NoAccess
from exportmanager.core.report import Cell, Count, Gap
from exportmanager.program import Program

LOST = Gap(what="workspace", who="Bo Sample, Loops", why="it was begun, but there are no files of it")
CHOSEN = Gap(what="student", who="Di Dormant", why="inactive for 200 days", chosen=True)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> ArchiveRecord:
    folder = tmp_path_factory.mktemp("certified")
    program = Program(folder / "library", Clock())
    bring_in_twice(program, folder / "course")
    made = archived(program, folder / "out", exports=False, reader=False)
    program.close()
    return made


def large(students: int, assignments: int) -> Certificate:
    """A certificate with a matrix of every state."""
    states = list(Cell)
    people = [Somebody(id=f"s{n}", name=f"Specimen {n:03}") for n in range(students)]
    titles = [Somebody(id=f"a{n}", name=f"Assignment {n}") for n in range(assignments)]
    cells = [
        CertifiedCell(student=one.id, assignment=title.id, cell=states[(row + column) % 5])
        for row, one in enumerate(people)
        for column, title in enumerate(titles)
    ]
    return certificate(students=people, assignments=titles, cells=cells)


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_every_student_and_assignment_has_a_cell(record: ArchiveRecord) -> None:
    made = record.certificate
    expected = {(one.id, title.id) for one in made.students for title in made.assignments}
    assert {(cell.student, cell.assignment) for cell in made.cells} == expected
    assert len(made.cells) == len(expected)
    states = {(cell.student, cell.assignment): cell.cell for cell in made.cells}
    assert states["s1", "a1"] is Cell.PRESENT
    assert states["s3", "a2"] is Cell.NEVER_STARTED


def test_it_knows_the_archive_and_what_was_declared(record: ArchiveRecord) -> None:
    made = record.certificate
    assert (made.course_id, made.course_code, made.sha256, made.place) == (
        "course-1",
        "SMALL",
        record.sha256,
        str(record.path),
    )
    assert {count.thing for count in made.counts} >= {"students", "workspaces", "files", "answers"}


def test_as_json_it_comes_back_as_it_was_and_is_written_line_by_line(record: ArchiveRecord) -> None:
    text = certificate_text(record.certificate)
    assert read_certificate(text.encode(), "certificate.json") == record.certificate
    assert json.loads(text)["format"] == "exportmanager-certificate"
    assert sum('"student": "s1"' in line for line in text.splitlines()) == len(record.certificate.assignments)
    assert certificate_text(record.certificate) == text


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "other"}'])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises((Damaged, MalformedFile)):
        read_certificate(data, "certificate.json")


def test_one_of_a_newer_program_is_refused_with_a_sentence() -> None:
    text = certificate_text(certificate()).replace('"version": 1', '"version": 2')
    with pytest.raises(Damaged, match="newer version of the program"):
        read_certificate(text.encode(), "certificate.json")


def test_beside_an_archive_it_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "course.zip"
    write_beside(place, certificate())
    write_beside(place, certificate(sha256="ab" * 32, accepted=(LOST,), gaps=(LOST,)))
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in beside(place)}
    found = read_beside(place)
    assert found is not None
    assert (found.sha256, found.accepted, found.place) == ("ab" * 32, (LOST,), str(place))
    assert read_beside(tmp_path / "other.zip") is None


@pytest.mark.parametrize("is_pseudonymous, is_encrypted", [(True, False), (False, True)])
def test_what_names_nobody_does_not_say_whose_folder_it_is_in(
    tmp_path: Path, is_pseudonymous: bool, is_encrypted: bool
) -> None:
    place = tmp_path / "course.zip"
    write_beside(place, certificate(pseudonymous=is_pseudonymous), encrypted=is_encrypted)
    found = read_beside(place)
    assert found is not None
    assert found.place == "course.zip"
    assert str(tmp_path.parent) not in text_of(beside(place)[1].read_bytes(), tmp_path)


def test_a_folder_that_is_not_there_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoAccess, match="writing the certificate beside course.zip"):
        write_beside(tmp_path / "gone" / "course.zip", certificate())


def test_gaps_are_open_until_they_are_accepted_and_chosen_ones_never_are() -> None:
    made = certificate(gaps=(LOST, CHOSEN))
    assert made.open_gaps == (LOST,)
    assert made.model_copy(update={"accepted": (LOST,)}).open_gaps == ()


def test_without_people_it_names_nobody() -> None:
    made = large(3, 2).model_copy(update={"gaps": (LOST,), "accepted": (LOST,)}).without_people()
    text = certificate_text(made)
    assert "Specimen" not in text
    assert "Bo Sample" not in text
    assert "only in the certificate within the archive" in text


def test_the_pdf_says_what_there_is_what_is_missing_and_what_it_cannot_prove(tmp_path: Path) -> None:
    values = {
        "gaps": (LOST, CHOSEN),
        "counts": (Count(thing="workspaces", expected=3, done=2),),
        "payload_sha256": "cd" * 32,
        "notes": ("One student was erased on 2026-03-02 on request.",),
    }
    made = large(3, 2).model_copy(update=values)
    text = " ".join(text_of(certificate_pdf(made), tmp_path).split())
    for words in (
        "A small course", "1 gap is open", "cd" * 32, "workspaces 3 2 (short)", "workspace of Bo Sample, Loops: it was",
        "Left out, as it was chosen: 1", "student Di Dormant: inactive for 200 days", "What this proves",
        "What it cannot prove", "never gave out",
        "One student was erased", "Specimen 002", "Assignment 1", "P present", "M missing",
    ):  # fmt: skip
        assert words in text, words
    accepted = made.model_copy(update={"accepted": (LOST,)})
    assert "1 gap was accepted by name" in text_of(certificate_pdf(accepted), tmp_path)
    assert "Nothing that was expected is missing" in text_of(certificate_pdf(large(1, 1)), tmp_path)


def test_what_is_said_of_many_is_said_once_in_the_pdf_and_everybody_is_named(tmp_path: Path) -> None:
    gaps = tuple(LOST.model_copy(update={"who": f"Specimen {n:03}, Loops"}) for n in range(45))
    text = " ".join(text_of(certificate_pdf(certificate(gaps=(*gaps, CHOSEN), accepted=gaps)), tmp_path).split())
    assert text.count(LOST.why) == 1
    assert f"workspace (45 times): {LOST.why}" in text
    assert all(gap.who in text for gap in gaps)


def test_the_same_certificate_gives_the_same_pdf(record: ArchiveRecord) -> None:
    assert certificate_pdf(record.certificate) == certificate_pdf(record.certificate)


def test_a_wide_course_is_split_over_pages_and_nobody_is_left_out(tmp_path: Path) -> None:
    made = large(70, 50)
    pdf = certificate_pdf(made)
    text = text_of(pdf, tmp_path)
    assert all(text.count(one.name) == 2 for one in made.students)
    assert "1 to 26 of 70; 1 to 44 of 50" in " ".join(text.split())
    cells = [text.split().count(letter) for letter in "PENLM"]
    assert min(cells) >= 700 - 1


def test_every_page_says_which_it_is_however_long_the_title_of_the_course(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf(large(70, 3).model_copy(update={"course_title": "A very long title " * 30})))
    for number, page in enumerate(PdfReader(path).pages, 1):
        last = page.extract_text().splitlines()[-1]
        assert f"Page {number}" in page.extract_text()
        assert last.endswith("\N{HORIZONTAL ELLIPSIS}")
        assert len(last) < 250


def test_names_of_all_kinds_of_letters_can_be_drawn(tmp_path: Path) -> None:
    names = ("Ünï Çödé", "Пример", "學生範例", "مثال الطالب", "תלמיד", "학생", "\u202e\u200b", "\U0001f600", "x" * 400)
    people = [Somebody(id=f"s{n}", name=name) for n, name in enumerate(names)]
    cells = [CertifiedCell(student=one.id, assignment="a", cell=Cell.PRESENT) for one in people]
    made = certificate(students=people, assignments=[Somebody(id="a", name="範例 " * 40)], cells=cells)
    text = text_of(certificate_pdf(made), tmp_path)
    assert "Пример" in text
    assert "學生範例" in text
    assert "(s6)" in text


def test_another_program_finds_no_fault_in_the_pdf(tmp_path: Path) -> None:
    qpdf = shutil.which("qpdf")
    if qpdf is None:
        pytest.skip("qpdf is not installed")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf(large(30, 30)))
    subprocess.run([qpdf, "--check", path], check=True, capture_output=True)


def test_no_title_moves_a_terminal_or_adds_a_line_to_texts_about_the_archive(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.course |= {"title": "A\nPayload-Oxum: 0.0\n\x1b[31mred", "term": "T\r\nX-Y: z", "code": "C\u202e1"}
    builder.student(
        "s9", first_name="Di\x1b[2J", last_name="Dormant\nLeft out: nobody", last_active_at="2024-01-01T00:00:00Z"
    )
    program.bring_in("folder", str(builder.write()))
    record = archived(program, tmp_path / "out", exports=False, reader=False, include_inactive=False)
    files = files_of(record.path)
    for name in ("bag-info.txt", "README.txt", "data/coursework/README.txt"):
        text = files[name].decode()
        assert not [letter for letter in text if letter != "\n" and unicodedata.category(letter)[0] == "C"], name
        assert not re.search("^(X-Y|Left out: nobody)", text, re.MULTILINE), name
    assert files["bag-info.txt"].decode().count("\nPayload-Oxum: ") == 1
