"""Tables on printed pages: their columns, their heads on every page, and rows that are taller than one."""

from __future__ import annotations

import pytest
from drawing_pdf import WIDTH, node_of, pdf_of, shown, view_of

from exportmanager.formats.pdf.blocks import markdown_flowables
from exportmanager.formats.pdf.boxes import Column
from exportmanager.formats.pdf.tables import Cell, Grid, Row, column_widths


def grid(text: str) -> Grid:
    (found,) = markdown_flowables(text, view_of(node_of("")))
    assert isinstance(found, Grid)
    return found


def row(*sizes: tuple[float, float], spans: tuple[int, ...] = ()) -> Row:
    """A row of cells that need and would like these widths."""
    counts = spans or (1,) * len(sizes)
    return Row(tuple(Cell(Column([]), span, *size) for span, size in zip(counts, sizes, strict=True)))


def test_columns_are_as_wide_as_they_would_like_where_there_is_room() -> None:
    assert column_widths([row((10, 50), (10, 100))], 2, 400) == pytest.approx([62.1, 112.1])


def test_columns_share_the_room_by_what_they_would_like() -> None:
    first, second = column_widths([row((10, 50), (10, 1000))], 2, 400)
    assert first + second == pytest.approx(400)
    assert 22 < first < 62 < second


def test_columns_that_need_more_than_there_is_are_shrunk_and_narrow_ones_are_kept() -> None:
    widths = column_widths([row((10, 10), (500, 500), (900, 900))], 3, 400)
    assert sum(widths) == pytest.approx(400)
    assert widths[0] == 22
    assert widths[1] == widths[2]


def test_a_cell_over_two_columns_makes_them_wide_enough() -> None:
    rows = [row((10, 10), (10, 10)), row((200, 200), spans=(2,))]
    assert sum(column_widths(rows, 2, 400)) == pytest.approx(212, abs=1)


def test_cells_are_aligned_as_their_column() -> None:
    text = "|a wide head|a wide head|a wide head|\n|:-|:-:|-:|\n|1|2|3|"
    places: dict[str, float] = {}

    def visit(found: str, matrix: list[float], place: list[float], *_: object) -> None:
        if found.strip():
            places[found.strip()] = matrix[4] + place[4]

    table = grid(text)
    table.wrap(WIDTH, 1000)
    column = table.width / 3
    pdf_of([table]).pages[0].extract_text(visitor_text=visit)
    left, middle, right = (places[digit] - 72 - column * number for number, digit in enumerate("123"))
    assert left < 10
    assert column / 2 - 10 < middle < column / 2 + 10
    assert right > column - 15


def test_a_table_that_is_wider_than_the_page_stays_on_it() -> None:
    head = "|" + "a-very-long-word-that-cannot-be-broken|" * 12
    table = grid(f"{head}\n{'|-' * 12}|\n{head}")
    assert table.wrap(WIDTH, 1000)[0] <= WIDTH + 0.01


def test_the_head_is_repeated_on_each_page() -> None:
    text = "|Head|\n|-|\n" + "".join(f"|row {number}|\n" for number in range(100))
    found = shown(text)
    assert len(found.pages) > 2
    assert found.text.count("Head") == len(found.pages)
    assert [found.text.count(f"row {number} ") for number in range(1, 99)] == [1] * 98


def test_a_row_that_is_taller_than_a_page_goes_on_on_the_next() -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    found = shown(f"|Head|Other|\n|-|-|\n|{words}|x|\n|last|y|")
    assert len(found.pages) > 2
    assert all(word in found.text for word in ("word0", "word1500", "word2999", "last"))


def test_a_head_that_fills_a_page_is_a_row_like_the_others() -> None:
    words = "word " * 900
    found = shown(f"|{words}|\n|-|\n|below|\n|end|")
    assert found.text.count("word") == 900
    assert found.text.endswith("below end")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<table><caption>What it is</caption><tr><th>a<th>b<tr><td>1<td>2</table>", "What it is a b 1 2"),
        ("<table><tr><td colspan=2>both<tr><td>1<td>2</table>", "both 1 2"),
        ("<table><tr><td rowspan=2>tall<td>1<tr><td>2</table>", "tall 1 2"),
        ("<table><tr><td><pre><code>if x:\n  y</code></pre></td></tr></table>", "if x: y"),
        ("<table><tr><td><pre>a<br/>b</pre><td><ul><li>x</ul></table>", "a b • x"),
        ("<table><tr><td>" * 9 + "deep", "deep"),
        ("<table></table>below", "below"),
        ("<table><tr></tr></table>below", "below"),
        ("<table><tr><td colspan=99999999999>a<td colspan=x>b<td colspan=-3>c</table>", "a b c"),
    ],
)
def test_tables_of_html_show_their_words(html: str, words: str) -> None:
    found = shown(html, is_html=True).text
    assert sorted(found.split()) == sorted(words.split())
