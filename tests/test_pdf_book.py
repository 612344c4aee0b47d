"""Guides as whole documents: in which order and pieces they are drawn, and what becomes of pages that cannot be."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from guide_packages import Tree, package, texts
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import Destination

from exportmanager.core.errors import Cancelled
from exportmanager.core.guide import NodeKind
from exportmanager.core.meter import Meter, Progress
from exportmanager.formats.pdf.book import Document, Printing, Project
from exportmanager.formats.pdf.front import Front
from exportmanager.formats.pdf.parts import Entry
from exportmanager.formats.pdf.pieces import Piece, pieces_of, retried
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.pdf.workers import Limits

BOOK: Tree = {
    "Welcome": "Hello reader. See {the end|go-to-section-titled}(The end).",
    "Lists": {"First list": "One.\n\n" * 120, "Inner": {"Second list": "Two."}},
    "The end": "Goodbye.",
    "For teachers (teacher)": "Secret word.",
}


def printed(
    folder: Path, *trees: Tree, edition: Edition | None = None, most: int = 1, limits: Limits | None = None
) -> tuple[bytes, Printing]:
    """The document of some guides, and the run that made it."""
    projects = [Project(f"Part {n}", package(folder / f"{n}.zip", tree)) for n, tree in enumerate(trees)]
    out = io.BytesIO()
    with Printing(projects, edition or Edition(), Meter(), limits, most) as printing:
        printing.read()
        printing.draw(headings=len(trees) > 1)
        numbers = tuple(range(len(trees)))
        front = Front(edition=edition or Edition(), title="A book")
        printing.join(Document(front=front, projects=numbers, subject="", language="", day=date(2026, 3, 1)), out)
    return out.getvalue(), printing


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return printed(tmp_path_factory.mktemp("book"), BOOK, {"Alone": "Here."})[0]


def test_each_guide_page_begins_a_page_below_the_titles_of_its_chapters(book: bytes) -> None:
    pages = texts(book)
    assert "A book" in pages[0]
    assert pages[2].startswith("Part 0")
    assert "Part 0 Welcome Hello reader." in pages[2]
    assert "Lists First list One." in pages[3]
    assert "Inner Second list Two." in pages[-3]
    assert "The end Goodbye." in pages[-2]
    assert "Part 1 Alone Here." in pages[-1]
    assert not any("Secret" in page or "For teachers" in page for page in pages)


def test_the_running_head_names_assignment_and_chapter(book: bytes) -> None:
    pages = texts(book)[2:]
    total = len(pages)
    heads = [page.partition(f"{number} of {total}")[0] for number, page in enumerate(pages, 1)]
    assert heads[0].endswith("Part 0 ")
    assert heads[1].endswith("Part 0 Lists ")
    assert heads[-3].endswith("Part 0 Lists ")
    assert heads[-1].endswith("Part 1 ")


def flat(entries: Sequence[Any]) -> Iterator[Destination]:
    """The entries of an outline, whatever they are below of."""
    for entry in entries:
        if isinstance(entry, list):
            yield from flat(entry)
        else:
            yield entry


def page_of(reader: PdfReader, place: Destination) -> int:
    number = reader.get_destination_page_number(place)
    assert number is not None
    return number


def links_on(reader: PdfReader, page: int) -> list[Any]:
    notes: Any = reader.pages[page]["/Annots"]
    return [note.get_object() for note in notes]


def test_contents_and_outline_name_the_page_where_each_node_begins(book: bytes) -> None:
    reader = PdfReader(io.BytesIO(book))
    contents = reader.pages[1].extract_text().split()
    assert {str(link["/Dest"]) for link in links_on(reader, 1)} <= reader.named_destinations.keys()
    found = [(str(entry.title), page_of(reader, entry)) for entry in flat(reader.outline)]
    assert [title for title, _ in found] == [
        "Part 0", "Welcome", "Lists", "First list", "Inner", "Second list", "The end", "Part 1", "Alone",
    ]  # fmt: skip
    pages = texts(book)
    for title, page in found:
        assert title in pages[page]
        words = [*title.split(), reader.page_labels[page]]
        assert words in [contents[n : n + len(words)] for n in range(len(contents))], words


def test_a_link_to_another_page_of_the_guide_leads_there(book: bytes) -> None:
    reader = PdfReader(io.BytesIO(book))
    (link,) = links_on(reader, 2)
    page = page_of(reader, reader.named_destinations[link["/Dest"]])
    assert "Goodbye" in reader.pages[page].extract_text()


def test_teachers_see_their_pages_and_everybody_else_does_not(tmp_path: Path, book: bytes) -> None:
    notes, printing = printed(tmp_path, BOOK, edition=Edition(teacher_notes=True))
    assert "Secret word." in texts(notes)[-1]
    assert printing.surveys[0].hidden == 0
    assert b"Secret" not in book


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    tree = {f"Page {number}": f"Text {number}. " * 300 for number in range(30)}
    assert printed(tmp_path, tree, most=1)[0] == printed(tmp_path, tree, most=3)[0]


def test_a_project_without_pages_to_draw_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    trees: dict[str, Tree] = {"none": {}, "teachers": {"All (teacher)": "Text"}, "good": BOOK}
    packages = [package(tmp_path / f"{name}.zip", tree) for name, tree in trees.items()]
    projects = [Project(path.stem, path) for path in (*packages, tmp_path / "broken.zip", tmp_path / "gone.zip")]
    with Printing(projects, Edition(), Meter(), most=1) as printing:
        none, teachers, good, broken, gone = (survey.problem for survey in printing.read())
    assert none == teachers == "its guide has no pages"
    assert not good
    assert broken
    assert gone.startswith("its file in the library cannot be read")


BREAKING = """
import os, re
from exportmanager.formats.pdf import page
drawn = page.page_flowables
def breaking(node, view):
    if "dies" in node.content: os._exit(1)
    if "raises" in node.content: raise ValueError("secret")
    if "never ends" in node.content: re.match(r"(a+)+$", "a" * 60 + "b")
    return drawn(node, view)
page.page_flowables = breaking
"""


def test_a_page_that_cannot_be_drawn_is_replaced_by_words_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BREAKING)  # Python imports it when it starts
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    tree = {
        "Good": "Before.", "Dead": "It dies.", "Chapter": {"Raised": "It raises."}, "Slow": "It never ends.",
        "Last": "After.",
    }  # fmt: skip
    pdf, printing = printed(tmp_path, tree, limits=Limits(seconds=1.5))
    pages = texts(pdf)[2:]
    assert len(pages) == 5
    assert "Good Before." in pages[0]
    assert "Last After." in pages[4]
    for page, title in zip(pages[1:4], ("Dead", "Chapter Raised", "Slow"), strict=True):
        assert f"{title} This page could not be drawn. It is on the platform as before." in page
    lost = {printing.surveys[0].entries[number].title: why for number, why in printing.drawn[0].lost.items()}
    exhausted = "drawing it took too long, or too much memory"
    assert lost == {"Dead": exhausted, "Raised": "this program could not draw it (ValueError)", "Slow": exhausted}


def test_stop_while_pages_are_drawn_ends_it(tmp_path: Path) -> None:
    project = Project("One", package(tmp_path / "p.zip", {f"Page {n}": "Text. " * 200 for n in range(30)}))
    seen: list[Progress] = []
    clock = iter(range(9**9))

    def work() -> None:
        meter = Meter(seen.append, lambda: len(seen) > 8, lambda: float(next(clock)))
        with Printing([project], Edition(), meter) as printing:
            printing.read()
            printing.draw(headings=False)

    with pytest.raises(Cancelled):
        work()
    assert seen[-1].stage == "Drawing pages"
    assert seen[-1].fraction < 1


def entries(sizes: Sequence[tuple[bool, int]]) -> list[Entry]:
    kinds = {True: NodeKind.PAGE, False: NodeKind.CHAPTER}
    return [Entry("Title", 0, kinds[is_page], letters, 0, "n") for is_page, letters in sizes]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60_000)), max_size=60))
def test_pieces_hold_every_node_once_and_never_end_with_a_mere_title(sizes: list[tuple[bool, int]]) -> None:
    nodes = entries(sizes)
    pieces = list(pieces_of(3, nodes))
    assert [n for piece in pieces for n in range(piece.first, piece.last)] == list(range(len(nodes)))
    for piece in pieces[:-1]:
        is_page, letters = sizes[piece.last - 1]
        assert is_page or letters
    for piece in pieces:
        again = list(retried(piece, nodes))
        assert [n for each in again for n in range(each.first, each.last)] == list(range(piece.first, piece.last))
        assert {each.failed for each in again} == {1}


def test_pieces_are_cut_by_the_texts_alone() -> None:
    assert list(pieces_of(0, entries([(True, 30_000), (True, 10)]))) == [Piece(0, 0, 1), Piece(0, 1, 2)]
    assert list(pieces_of(0, entries([(True, 10)] * 13))) == [Piece(0, 0, 12), Piece(0, 12, 13)]
