"""What only teachers may read is nowhere in a PDF for students, nor on a page for students in the window."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from drawing_pages import drawn
from drawing_pdf import Shown, node_of, pdf_of, view_of
from guiding import folder, page, root, to_json
from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)
from questioning import KEPT, NOT_DRAWN, SEEN, SHOWN, SOURCES, TWINS, asked, secret

from exportmanager.core.guide import GuideAssessment, GuideNode
from exportmanager.core.meter import Meter
from exportmanager.formats.pdf.book import Document, Printing, Project
from exportmanager.formats.pdf.front import Front
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import BODY
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.pdf.view import shown as shown_in

STUDENT = Edition()
TEACHER = Edition(solutions=True, teacher_notes=True)


def place(*questions: GuideAssessment) -> str:
    """A text with these questions."""
    return "\n\n".join(f"{{Check it|assessment}}({made.id})" for made in questions)


def printed(edition: Edition, *nodes: GuideNode, questions: tuple[GuideAssessment, ...] = ()) -> Shown:
    """The pages of a guide that are in this edition."""
    view = view_of(*nodes, questions=questions, edition=edition)
    parts = [part for node, _ in shown_in(view.guide, edition) for part in page_flowables(node, view)]
    return pdf_of([TextBlock([Words("The begin")], BODY, view.missed), *parts])


def held(data: bytes) -> Iterator[bytes]:
    """Everything in a PDF: its bytes, its streams without compression, its strings, and the text on its pages."""
    reader = PdfReader(BytesIO(data))
    yield data
    for number in range(1, int(str(reader.trailer["/Size"]))):
        yield from _held(reader.get_object(number))
    yield from _held(reader.trailer["/Info"].get_object())
    yield "".join(sheet.extract_text() for sheet in reader.pages).encode()
    if shutil.which("pdftotext"):
        yield subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout


def _held(value: Any) -> Iterator[bytes]:
    if isinstance(value, IndirectObject):
        return
    if isinstance(value, StreamObject):
        yield value.get_data()
    if isinstance(value, DictionaryObject):
        yield from (str(key).encode() for key in value)
        yield from (part for item in value.values() for part in _held(item))
    elif isinstance(value, ArrayObject):
        yield from (part for item in value for part in _held(item))
    elif isinstance(value, ByteStringObject):
        yield bytes(value)
    elif isinstance(value, TextStringObject):
        yield value.encode("utf-8", "replace")


def words(data: bytes, mark: str) -> set[str]:
    """The words with this mark anywhere in a PDF, also where they are written as UTF-16 or in hexadecimal."""
    found: set[str] = set()
    for part in held(data):
        hexadecimal = re.sub(rb"\s", b"", b"".join(re.findall(rb"<([0-9A-Fa-f\s]+)>", part)))
        plain = bytes.fromhex(hexadecimal[: len(hexadecimal) // 2 * 2].decode())
        for raw in (part, plain):
            text = unicodedata.normalize("NFKC", raw.replace(b"\0", b"").decode("utf-8", "replace"))
            found.update(re.findall(mark + r"[a-z]+", text))
    return found


def marked(value: Any, mark: str) -> set[str]:
    """The words with this mark in a value."""
    return set(re.findall(mark + r"[a-z]+", repr(value)))


def test_the_search_finds_words_wherever_they_are() -> None:
    text = f"{SEEN}one $\\text{{{SEEN}two}}$ [x](https://example.org/{SEEN}three)"
    assert words(printed(STUDENT, node_of(text)).data, SEEN) >= {f"{SEEN}one", f"{SEEN}two", f"{SEEN}three"}


# Questions


@pytest.mark.parametrize("kind", SOURCES)
def test_a_question_for_students_is_drawn_without_what_only_teachers_see(kind: str) -> None:
    made = secret(kind)
    data = printed(STUDENT, node_of(place(made)), questions=(made,)).data
    assert words(data, SHOWN) == set()
    assert words(data, KEPT) == set()
    if kind != "grade-book":
        assert words(data, SEEN) >= {f"{SEEN}name", f"{SEEN}instructions"}


@pytest.mark.parametrize("kind", SOURCES)
def test_a_question_for_teachers_is_drawn_with_all_of_it(kind: str) -> None:
    made = secret(kind)
    page = printed(TEACHER, node_of(place(made)), questions=(made,))
    assert words(page.data, SHOWN) == marked(made.definition, SHOWN)
    assert "Teacher only" in page.text
    assert kind in NOT_DRAWN or words(page.data, KEPT) == set()


@pytest.mark.parametrize("why", TWINS)
def test_a_student_edition_is_the_same_whatever_is_right(why: str) -> None:
    kind, *sources = TWINS[why]
    pairs = [asked(kind, **source) for source in sources]
    node = node_of(place(pairs[0]))
    first, second = (printed(STUDENT, node, questions=(made,)).data for made in pairs)
    assert first == second
    assert len({printed(TEACHER, node, questions=(made,)).data for made in pairs}) == 2


@pytest.mark.parametrize("why", TWINS)
def test_a_page_for_students_in_the_window_is_the_same_whatever_is_right(why: str) -> None:
    kind, *sources = TWINS[why]
    pages = {drawn(place(made), made, for_teacher=False) for made in (asked(kind, **source) for source in sources)}
    assert len(pages) == 1


@pytest.mark.parametrize("kind", SOURCES)
def test_a_page_for_students_in_the_window_holds_nothing_that_only_teachers_see(kind: str) -> None:
    made = secret(kind)
    html = drawn(place(made), made, for_teacher=False, unfolded=frozenset({made.id}))
    assert not re.search(f"{SHOWN}|{KEPT}", html)
    assert marked(drawn(place(made), made, unfolded=frozenset({made.id})), SHOWN) == marked(made.definition, SHOWN)


# Pages

GUIDANCE = f"""{SEEN}before

|||guidance
{SHOWN}text [^note] $\\text{{{SHOWN}formula}}$ [link](https://example.org/{SHOWN}link) ![{SHOWN}picture](missing.png)

- {SHOWN}item

```python
{SHOWN}code = 1
```

{{Check|assessment}}(free-text-1)

{{{SHOWN}button}}(bash {SHOWN}run)
|||

{SEEN}after *HTML*

[^note]: {SHOWN}note
*[HTML]: {SEEN}meaning

<!-- {KEPT}comment -->

> |||Guidance
> {SHOWN}quoted
> |||

<div>

|||  guidance
{SHOWN}html
|||

</div>

1. {SEEN}list

   |||guidance
   {SHOWN}nested
   |||

|||info
|||guidance
{SHOWN}boxed
|||
|||

{SEEN}last

|||guidance
{SHOWN}open
"""


def test_guidance_is_on_no_page_for_students() -> None:
    made = secret("free-text")
    data = printed(STUDENT, node_of(GUIDANCE), questions=(made,)).data
    assert words(data, SHOWN) == set()
    assert words(data, KEPT) == set()
    assert words(data, SEEN) >= {f"{SEEN}before", f"{SEEN}after", f"{SEEN}list", f"{SEEN}last"}


def test_guidance_is_on_the_pages_of_teachers() -> None:
    data = printed(Edition(teacher_notes=True), node_of(GUIDANCE)).data
    missing = marked(GUIDANCE, SHOWN) - words(data, SHOWN)
    assert missing == set()


@pytest.mark.parametrize("kind", ["free-text", "multiple-choice", "fill-in-the-blanks"])
def test_guidance_within_a_question_is_for_teachers(kind: str) -> None:
    text = f"{SEEN}text\n\n|||guidance\n{SHOWN}guidance\n"
    made = asked(kind, instructions=text, answers=[{"answer": text}], text=text)
    assert words(printed(STUDENT, node_of(place(made)), questions=(made,)).data, SHOWN) == set()
    assert words(printed(TEACHER, node_of(place(made)), questions=(made,)).data, SHOWN) == {f"{SHOWN}guidance"}


# Whole books


def project(path: Path, files: dict[str, Any], *questions: GuideAssessment) -> Path:
    """A published project."""
    with zipfile.ZipFile(path, "w") as target:
        for name, value in files.items():
            target.writestr(name, value if isinstance(value, str) else to_json(value))
        for made in questions:
            target.writestr(f".guides/assessments/{made.id}.json", to_json(dict(made.definition)))
    return path


def whole(path: Path) -> Path:
    """A project with pages for students and for teachers, and questions of every type."""
    made = [secret(kind) for kind in SOURCES]
    files = {
        **page("one", GUIDANCE, title=f"{SEEN}title"),
        **page("two", f"{SHOWN}content", title=f"{SHOWN}title", teacherOnly=True),
        **folder("three", ["inner"], title=f"{SHOWN}chapter", teacherOnly=True),
        **page("three/inner", f"{SHOWN}inner", title=f"{SHOWN}page"),
        **page("four", place(*made), title=f"{SEEN}questions"),
        **root("one", "two", "three", "four", title=f"{SEEN}guide"),
        ".guides/secure/answers.txt": f"{KEPT}file",
    }
    return project(path, files, *made)


def book(path: Path, edition: Edition) -> bytes:
    out = BytesIO()
    with Printing([Project("An assignment", path)], edition, Meter(), most=1) as printing:
        printing.read()
        printing.draw(headings=True)
        front = Front(edition=edition, title="A course")
        day = date(2024, 3, 1)
        printing.join(Document(front=front, projects=(0,), subject="", language="en", day=day), out)
    return out.getvalue()


def test_a_book_for_students_holds_nothing_that_only_teachers_see(tmp_path: Path) -> None:
    path = whole(tmp_path / "a.zip")
    data = book(path, STUDENT)
    assert words(data, SHOWN) == set()
    assert words(data, KEPT) == set()
    assert words(data, SEEN) >= {f"{SEEN}title", f"{SEEN}questions", f"{SEEN}instructions", f"{SEEN}last"}
    assert not PdfReader(BytesIO(data)).attachments


def test_a_book_for_teachers_holds_all_of_it(tmp_path: Path) -> None:
    found = words(book(whole(tmp_path / "a.zip"), TEACHER), SHOWN)
    wanted = marked([secret(kind).definition for kind in SOURCES], SHOWN) | marked(GUIDANCE, SHOWN)
    assert wanted | {f"{SHOWN}{name}" for name in ("chapter", "title", "page", "content", "inner")} <= found


def test_a_book_for_students_is_the_same_whatever_is_right(tmp_path: Path) -> None:
    books = []
    for which in (0, 1):
        made = [
            asked(kind, f"-{number}", **(source, other)[which])
            for number, (kind, source, other) in enumerate(TWINS.values())
        ]
        files = {**page("one", place(*made)), **root("one")}
        path = project(tmp_path / f"{which}.zip", files, *made)
        books.append((book(path, STUDENT), book(path, TEACHER)))
    assert books[0][0] == books[1][0]
    assert books[0][1] != books[1][1]
