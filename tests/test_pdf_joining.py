"""Parts become one document: pages with numbers, links, an outline, fonts, pictures, and what it says of itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from drawing_pdf import node_of, view_of
from handling import needs, run
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from exportmanager.core.guide import NodeKind
from exportmanager.formats.pdf import joining
from exportmanager.formats.pdf.front import Front, Line, draw_front
from exportmanager.formats.pdf.leading import Guidance, Mark
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.part import Part
from exportmanager.formats.pdf.sheets import NOT_FOR_STUDENTS, Sheets
from exportmanager.formats.pdf.view import Edition, Missed

STUDENT = Edition()
TEACHER = Edition(solutions=True)
MARKS = (
    Mark("Book", 0, "top"), Mark("First (1)", 1, "one"), Mark("Приве́т 你好", 2, "two"), Mark("Nowhere", 1, "gone"),
    Mark("Again", 0, "two"),
)  # fmt: skip


def quiet(_: object) -> None:
    """Nobody listens."""


def part_of(*texts: str, names: Sequence[str] = (), edition: Edition = STUDENT, head: str = "Loops") -> Part:
    """A page for each text; the destinations are called `names`."""
    missed = Missed()
    sheets = Sheets(edition, missed)
    sheets.left, sheets.right = "An assignment", head
    for number, text in enumerate(texts):
        node = node_of(text)
        view = view_of(node, files={".guides/img/a.png": PICTURE}, edition=edition)
        sheets.flow(page_flowables(node, view), names[number] if number < len(names) else "")
        sheets.end_page()
    return sheets.end()


def _picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((40, 30), 90).save(out, "PNG")
    return out.getvalue()


PICTURE = _picture()


def joined(*parts: Part, edition: Edition = STUDENT, is_numbered: bool = True, language: str = "de") -> bytes:
    """The document of these parts, behind a title page and contents of two lines."""
    lines = (Line("First", 0, NodeKind.PAGE, "one", "1"), Line("Second", 0, NodeKind.PAGE, "two", "2"))
    front = draw_front(Front(edition=edition, title="A book", lines=lines), tell=quiet)
    joining.begin(tell=quiet)
    joining.add_front(front, tell=quiet)
    for part in parts:
        joining.add_part(part, is_numbered, tell=quiet)
    pieces: list[bytes] = []
    guidance = Guidance(title="A book", subject="Loops", language=language, day=date(2026, 3, 1), marks=MARKS)
    joining.finish(guidance, edition, tell=pieces.append)
    return b"".join(pieces)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Two parts: the first links to the second, and both show the same picture."""
    first = part_of(
        "# One\n\n![](.guides/img/a.png) [on](https://example.org/?a=1&b=(2)) [mail](mailto:a@example.org)",
        "# Two\n\n[Words](#there) привет 你好",
        names=("one", "two"),
    )
    return joined(first, part_of("# Three\n\n![](.guides/img/a.png)", names=("three",)))


@pytest.fixture
def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def test_pages_are_numbered_behind_the_front(reader: PdfReader) -> None:
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 5
    assert [f"{number} of 3" in text for number, text in enumerate(texts[2:], 1)] == [True] * 3
    assert not any("of 3" in text for text in texts[:2])
    assert reader.page_labels == ["i", "ii", "1", "2", "3"]


def test_a_guide_without_page_numbers_has_none() -> None:
    pages = PdfReader(io.BytesIO(joined(part_of("Text"), is_numbered=False))).pages
    assert "1 of 1" not in pages[2].extract_text()


def test_every_page_behind_the_title_page_says_what_it_belongs_to(reader: PdfReader) -> None:
    for page in reader.pages[2:]:
        text = page.extract_text()
        assert "An assignment" in text
        assert "Loops" in text
    assert "A book" in reader.pages[1].extract_text()


def test_a_teacher_edition_says_on_every_page_that_it_is_not_for_students() -> None:
    for edition, is_for_teachers in ((TEACHER, True), (Edition(teacher_notes=True), True), (STUDENT, False)):
        document = PdfReader(io.BytesIO(joined(part_of("One", "Two", edition=edition), edition=edition)))
        said = [NOT_FOR_STUDENTS in page.extract_text() for page in document.pages]
        assert said == [is_for_teachers] * len(said)


def test_links_lead_to_pages_of_other_parts_and_to_the_web(reader: PdfReader) -> None:
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    inside = [str(link["/Dest"]) for link in links if "/Dest" in link]
    assert inside == ["one", "two"]
    places = {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()}
    assert places == {"contents": 1, "one": 2, "two": 3, "three": 4}
    assert [link["/A"]["/URI"] for link in links if "/A" in link] == [
        "https://example.org/?a=1&b=(2)", "mailto:a@example.org",
    ]  # fmt: skip


def test_the_outline_has_the_tree_of_the_marks_that_lead_somewhere(reader: PdfReader) -> None:
    entries: list[Any] = list(reader.outline)
    first, below, again = entries
    assert [(entry.title, reader.get_destination_page_number(entry)) for entry in (first, *below, again)] == [
        ("First (1)", 2), ("Приве́т 你好", 3), ("Again", 3),
    ]  # fmt: skip


def test_the_document_says_what_it_is(reader: PdfReader) -> None:
    assert reader.metadata
    assert {key: str(value) for key, value in reader.metadata.items()} == {
        "/Title": "A book", "/Subject": "Loops", "/Creator": "Export Manager", "/Producer": "Export Manager",
        "/CreationDate": "D:20260301000000Z", "/ModDate": "D:20260301000000Z",
    }  # fmt: skip
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "de"
    assert root["/PageMode"] == "/UseOutlines"
    assert root["/ViewerPreferences"] == {"/DisplayDocTitle": True}
    unknown: Any = PdfReader(io.BytesIO(joined(part_of("Text"), language=""))).trailer["/Root"]
    assert "/Lang" not in unknown


def test_equal_pictures_of_several_parts_are_there_once(reader: PdfReader) -> None:
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    shown = [each.get("/XObject", DictionaryObject()) for each in resources]
    objects = [{name: pictures.raw_get(name).idnum for name in pictures} for pictures in shown]
    assert [len(pictures) for pictures in objects] == [0, 0, 1, 0, 1]
    assert objects[2] == objects[4]


def test_the_same_parts_give_the_same_bytes_and_others_another_identity(pdf: bytes) -> None:
    one, same, other = (joined(part_of(text)) for text in ("One", "One", "Two"))
    assert one == same
    assert PdfReader(io.BytesIO(one)).trailer["/ID"] != PdfReader(io.BytesIO(other)).trailer["/ID"]


def test_other_programs_find_it_sound_and_its_fonts_embedded(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf)
    needs("qpdf")
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    needs("pdffonts")
    fonts = run("pdffonts", path).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    needs("pdftotext")
    assert "привет 你好" in run("pdftotext", path, "-")
