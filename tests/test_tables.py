"""Tables from anywhere: any encoding and separator, no cell lost, every oddity told, and everything in a stream."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import MalformedFile
from exportmanager.formats import tables
from exportmanager.formats.csv import DIALECTS, Cell, CsvWriter, Dialect, neutral
from exportmanager.formats.tables import Table, as_written, key_of, open_table, unique_names


def table_of(data: bytes) -> Table:
    return open_table(io.BytesIO(data), "table.csv")


def read(data: bytes) -> tuple[tuple[str, ...], list[list[str]], list[str]]:
    table = table_of(data)
    rows = [cells for _, cells in table.rows()]
    return table.columns, rows, table.findings


def written(dialect: Dialect, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, dialect, header)
    for row in rows:
        writer.row(row)
    writer.close()
    return b"".join(pieces)


def refused(data: bytes) -> tuple[int, str]:
    with pytest.raises(MalformedFile) as raised:
        read(data)
    assert raised.value.file == "table.csv"
    assert raised.value.next_step.endswith(".")
    assert raised.value.why.endswith(".")
    return raised.value.line, raised.value.why


# encodings

TEXT = "Student_Name,Note\r\nZoë Muster,“naïve” – 日本\r\n"
ENCODINGS = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "UTF-16 LE with a mark": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "UTF-16 BE with a mark": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "UTF-16 LE": TEXT.encode("utf-16-le"),
    "UTF-16 BE": TEXT.encode("utf-16-be"),
}


@pytest.mark.parametrize("data", ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_of_unicode_is_found_out(data: bytes) -> None:
    assert read(data) == (("Student_Name", "Note"), [["Zoë Muster", "“naïve” – 日本"]], [])


def test_what_is_not_utf8_is_read_as_windows_1252_and_told_with_its_line() -> None:
    data = b"name,note\nAda,\xe2\x80\x93\nZo\xeb,\x93caf\xe9\x94\nEve,x\nJos\xe9,\x81\n"
    columns, rows, findings = read(data)
    assert columns == ("name", "note")
    assert rows == [["Ada", "–"], ["Zoë", "“café”"], ["Eve", "x"], ["José", "\ufffd"]]
    assert findings == ["2 lines are not valid UTF-8 (the first in line 3); read as Windows-1252."]


def test_a_file_of_several_pieces_is_read_across_their_borders(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "name;note\r\n" + "".join(f'Zoë {n};"a\r\nb;""{n}"""\r\n' for n in range(50))
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    for size in (1, 2, 3, 5, 64):
        monkeypatch.setattr(tables, "_PIECE", size)
        for encoding in ("utf-8-sig", "utf-16"):
            if size >= 5 or encoding == "utf-8-sig":
                assert read(text.encode(encoding))[1] == expected, (size, encoding)


class Trickle(io.RawIOBase):
    """Gives a byte at a time, as a pipe may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._data.read(1)
        buffer[: len(data)] = data
        return len(data)


def test_a_file_that_gives_less_than_it_is_asked_for_is_read_whole() -> None:
    table = open_table(Trickle(b"a,b\r\n1,2\r\n3,4"), "table.csv")  # type: ignore[arg-type]
    assert list(table.rows()) == [(2, ["1", "2"]), (3, ["3", "4"])]


# separators

SEPARATED = {
    "commas": b'a,b,c\n1,"x;y;z",3\n',
    "semicolons": b'a;b;c\n1;"x;y;z";3\n',
    "tabs": b'a\tb\tc\n1\t"x;y;z"\t3\n',
    "Excel's own line": b'sep=;\r\na;b;c\r\n1;"x;y;z";3\r\n',
    "its line with a bar": b'sep=|\r\na|b|c\r\n1|"x;y;z"|3\r\n',
    "its line in quotes": b'\xef\xbb\xbf"sep=;"\na;b;c\n1;"x;y;z";3\n',
    "old Mac line ends": b'a,b,c\r1,"x;y;z",3\r',
}


@pytest.mark.parametrize("data", SEPARATED.values(), ids=SEPARATED)
def test_the_separator_is_found_out(data: bytes) -> None:
    assert read(data) == (("a", "b", "c"), [["1", "x;y;z", "3"]], [])


def test_separators_inside_names_do_not_count() -> None:
    data = b'name,email,"Quiz; part; one; two, three_Answer"\nAda,ada@example.org,"a;b;c;d"\n'
    assert read(data)[0] == ("name", "email", "Quiz; part; one; two, three_Answer")
    assert table_of(b"name,email,a;b;c;d\nx,y,z\n").columns == ("name", "email", "a;b;c;d")
    assert table_of(b"name;email;note\nx;y;1,2,3,4,5,6\n").columns == ("name", "email", "note")


def test_a_table_of_one_column_is_a_table() -> None:
    assert read(b"email\nada@example.org\n") == (("email",), [["ada@example.org"]], [])


def test_lines_are_counted_by_where_a_row_begins() -> None:
    table = table_of(b'sep=,\r\n\r\na,b\r\n1,"x\r\ny\r\nz"\r\n\r\n2,y\r\n')
    assert table.header_line == 3
    assert list(table.rows()) == [(4, ["1", "x\r\ny\r\nz"]), (8, ["2", "y"])]


# headers

NAMES = [
    (["Quiz", "Quiz", "Quiz"], ("Quiz", "Quiz (2)", "Quiz (3)")),
    (["Quiz", "Quiz", "Quiz (2)"], ("Quiz", "Quiz (3)", "Quiz (2)")),
    (["Quiz (2)", "Quiz", "Quiz (2)", "Quiz"], ("Quiz (2)", "Quiz", "Quiz (2) (2)", "Quiz (3)")),
    (["a", "", "b", ""], ("a", "Column 2", "b", "Column 4")),
    (["Column 2", "", ""], ("Column 2", "Column 2 (2)", "Column 3")),
]


@pytest.mark.parametrize(("header", "names"), NAMES, ids=str)
def test_every_column_has_a_name_of_its_own(header: list[str], names: tuple[str, ...]) -> None:
    assert unique_names(header) == names


@given(st.lists(st.sampled_from(["", "a", "a (2)", "a (3)", "Column 2", "Column 2 (2)"]), max_size=12))
def test_no_two_columns_share_a_name(header: list[str]) -> None:
    names = unique_names(header)
    assert len(names) == len(set(names)) == len(header)
    assert all(names.count(name) == 1 for name in names)
    for name in set(header) - {""}:
        assert names[header.index(name)] == name, "the first of a name keeps it"


def test_the_header_is_there_as_it_was_written_too() -> None:
    table = table_of(b" Quiz , Quiz,'=1+1,'-5\n1,2,3,4\n")
    assert table.header == ("Quiz", "Quiz", "=1+1", "'-5")
    assert table.columns == ("Quiz", "Quiz (2)", "=1+1", "'-5")


ALIKE = [
    ("Email Address", "email_address", "E-mail address", "\ufeffEMAIL  ADDRESS ", "Email address"),
    ("Points/Max_points", "points / max points"),
    ("Completed (True/False)", "completed", "Completed(yes or no)"),
    ("Behavioral Insights (0–5, number of thresholds exceeded)", "behavioral_insights"),
]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: names[0])
def test_names_are_the_same_whatever_their_case_space_and_dashes(names: tuple[str, ...]) -> None:
    assert len({key_of(name) for name in names}) == 1


def test_names_that_differ_in_a_letter_are_others() -> None:
    assert key_of("Student_ID") != key_of("Student_IDs")
    assert key_of("住所") != key_of("名前")


# rows that do not fit


def test_missing_cells_are_empty_and_further_ones_are_kept() -> None:
    columns, rows, findings = read(b"a,b,c\n1,2,3\n4\n5,6,7,8,9\n1,2,3,,,\n7,8\n")
    assert columns == ("a", "b", "c")
    assert rows == [["1", "2", "3"], ["4", "", ""], ["5", "6", "7", "8", "9"], ["1", "2", "3"], ["7", "8", ""]]
    assert findings == [
        "2 rows have fewer cells than the header (the first in line 3); what is missing is empty.",
        "One row has more cells than the header (line 4); what is beyond it is kept as Column 4 and so on.",
    ]


def test_a_column_beyond_the_header_has_a_name() -> None:
    table = table_of(b"a,b\n1,2,3\n")
    assert [table.column(index) for index in range(3)] == ["a", "b", "Column 3"]


def test_empty_lines_say_nothing() -> None:
    assert read(b"\n\n,,\na,b,\n\n1,2,\n\n\n") == (("a", "b", "Column 3"), [["1", "2", ""]], [])


# formulas


@pytest.mark.parametrize(
    "cell", ["=1+1", "+a", "-x", "@x", "\t=1", "\r=1", "\n1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20"]
)
def test_a_cell_that_was_kept_from_running_reads_as_it_was(cell: str) -> None:
    assert as_written(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["'", "''", "'a", "'-5", "'+1.5", "", "it's", "'tis", "=1"])
def test_any_other_apostrophe_stays(cell: str) -> None:
    assert as_written(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n1.a\uff1d", max_size=5))
def test_nothing_that_was_neutralised_is_lost(cell: str) -> None:
    if neutral(cell) != cell or not cell.startswith("'"):
        assert as_written(neutral(cell)) == cell


CELLS = st.lists(
    st.one_of(
        st.sampled_from(
            ['"', '""', ",", "\n", "\r", "\r\n", "=1+1", "@x", "+", "-", "\t", "", " ", "\ufeff", ";", "é"]
        ),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    ),
    max_size=4,
).map("".join)


@settings(max_examples=300)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    st.sampled_from(sorted(DIALECTS)),
    st.sampled_from(",;\t"),
)
def test_whatever_is_written_comes_back(rows: list[list[str]], preset: Any, separator: str) -> None:
    chosen = DIALECTS[preset]
    dialect = Dialect(bom=chosen.bom, neutralise=chosen.neutralise, delimiter=separator)
    table = table_of(written(dialect, ("name", "email", "note"), rows))
    back = [cells for _, cells in table.rows()]
    if chosen.neutralise:
        plain = [[neutral(cell) for cell in row] for row in rows]
        back_as_written = [[as_written(cell) for cell in row] for row in back]
        assert back == plain
        assert all(
            one == other or other.startswith("'")
            for row, other_row in zip(back_as_written, rows, strict=True)
            for one, other in zip(row, other_row, strict=True)
        )
    else:
        assert back == rows
    assert table.findings == []


@settings(max_examples=200)
@given(st.lists(CELLS, min_size=1, max_size=5), st.sampled_from(["utf-16", "utf-8"]))
def test_any_text_can_be_the_name_of_a_column(names: list[str], encoding: str) -> None:
    header = ("name", "email", *names)
    data = written(DIALECTS["programs"], header, [["Ada", "ada@example.org", *("x" for _ in names)]] * 3)
    table = table_of(data.decode().encode(encoding))
    assert table.header == tuple(as_written(name).strip() for name in header)
    assert len(list(table.rows())) == 3


# what is no table

REFUSED: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 0, "it is empty."),
    "a mark and nothing else": (b"\xef\xbb\xbf", 0, "it is empty."),
    "only blank lines": (b"\r\n\r\n", 0, "it is empty."),
    "only separators": (b",,,\n,,,\n", 0, "it is empty."),
    "a web page": (b"\n<!DOCTYPE html><html><body>Sign in", 0, "this is a web page, and no table."),
    "a web page in UTF-16": ("<html>".encode("utf-16"), 0, "this is a web page, and no table."),
    "a zip": (b"PK\x03\x04\x14\0\0\0", 0, "this is no table: it holds bytes that no text has."),
    "NUL further on": (b"a,b\n1,2\n3,\0\n", 0, "this is no table: it holds bytes that no text has."),
    "UTF-32": ("a,b".encode("utf-32"), 0, "this is no table: it holds bytes that no text has."),
    "half a character": (b"\xff\xfea\0,\0b\0\n\0\x01", 0, "its text breaks off, or is damaged."),
    "half of a pair": (b"\xff\xfea\0\x00\xd8b\0", 0, "its text breaks off, or is damaged."),
    "an open quote": (b'a,b\n1,2\n3,"x\ny\n', 3, "the file ends in the middle of a cell."),
    "an open quote in the header": (b'a,"b\n1,2\n', 1, "the file ends in the middle of a cell."),
    "text after a quote": (b'a,b\n"1"x,2\n', 2, "this is not valid CSV (',' expected after '\"')."),
    "half a row": (b"a,b,c\n1,2,3\n4,5", 3, "the file ends in the middle of a row."),
}


@pytest.mark.parametrize(("data", "line", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_named_with_its_reason(data: bytes, line: int, why: str) -> None:
    assert refused(data) == (line, why)


@pytest.mark.parametrize(
    "data", [b"a,b,c\n1,2\n4,5", b"a,b,c\n1,2,3\n4,5\n", b"a,b\n1,2\n3,4", b"a,b\n1\n2,3"], ids=repr
)
def test_short_rows_are_no_sign_of_a_broken_file_where_they_are_the_custom_or_end_their_line(data: bytes) -> None:
    assert len(read(data)[1]) >= 2 or read(data)[2]


def test_a_line_longer_than_any_table_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_PIECE", 10)
    monkeypatch.setattr(tables, "_LINE_LIMIT", 100)
    line, why = refused(b"id,b\n1,2\n1," + b"x" * 200)
    assert (line, why) == (3, "the line is longer than any in a table should be.")


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_rubbish_gives_rows_or_a_sentence(rubbish: bytes) -> None:
    with contextlib.suppress(MalformedFile):
        table = table_of(rubbish)
        assert all(line >= 1 and len(cells) >= len(table.columns) for line, cells in table.rows())


class Endless(io.RawIOBase):
    """A table without an end, made as it is read; `given` counts its bytes."""

    def __init__(self) -> None:
        self.given = 0
        self._lines = itertools.chain([b"a,b\n"], itertools.repeat(b"1,2\n"))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = next(self._lines)
        buffer[: len(data)] = data
        self.given += len(data)
        return len(data)


def test_rows_come_before_the_file_is_read_to_its_end() -> None:
    endless = Endless()
    table = open_table(endless, "table.csv")  # type: ignore[arg-type]
    assert len(list(itertools.islice(table.rows(), 100_000))) == 100_000
    assert endless.given < 3 << 20
