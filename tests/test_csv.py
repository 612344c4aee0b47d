"""CSV: what is written comes back, nothing runs in a spreadsheet, and what is wrong is named with its line."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import MalformedFile
from exportmanager.formats import csv as our_csv
from exportmanager.formats.csv import DIALECTS, Cell, CsvWriter, Dialect, neutral, read_rows, text_of

PROGRAMS, SPREADSHEETS = DIALECTS["programs"], DIALECTS["spreadsheets"]


def csv_bytes(dialect: Dialect, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, dialect, header)
    for row in rows:
        writer.row(row)
    writer.close()
    return b"".join(pieces)


HOSTILE = st.one_of(
    st.sampled_from(
        ['"', '""', ",", "\n", "\r", "\r\n", "=1+1", "@x", "+", "-", "\t", "\0", "'", "", " ", "\ufeff", ";"]
    ),
    st.text(max_size=8),
)
CELLS = st.lists(HOSTILE, max_size=4).map("".join)


def read_back(data: bytes, tmp_path: Path, *required: str) -> list[tuple[int, dict[str, str]]]:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return list(read_rows(path, "table.csv", required))


def reason(data: bytes, tmp_path: Path, *required: str) -> tuple[int, str]:
    with pytest.raises(MalformedFile) as raised:
        read_back(data, tmp_path, *required)
    assert raised.value.file == "table.csv"
    assert raised.value.next_step
    return raised.value.line, raised.value.why


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_any_cells_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    data = csv_bytes(PROGRAMS, ("a", "b", "c"), rows)
    folder = tmp_path_factory.getbasetemp()
    assert [list(cells.values()) for _, cells in read_back(data, folder)] == rows
    assert list(csv.reader(io.StringIO(data.decode(), newline="")))[1:] == rows


@settings(max_examples=200)
@given(CELLS)
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(cell: str) -> None:
    text = neutral(cell)
    assert text in {cell, f"'{cell}"}
    if text and text[0] in "=+-@\t\r\n\uff0b\uff0d\uff1d\uff20":
        float(text.rstrip("%").replace(",", "."))


FORMULAS = ["=1+1", "@SUM(A1)", "+1+1", "-cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0b1", "-", "+a"]


@pytest.mark.parametrize("cell", FORMULAS, ids=ascii)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    data = csv_bytes(SPREADSHEETS, ("a", cell), [(1, cell)])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["a", f"'{cell}"], ["1", f"'{cell}"]]


@pytest.mark.parametrize("cell", ["-5", "+5", "-5.25", "-5,25", "-.5", "-1e-5", "-5%", "", "'=1", "a=1", " =1"])
def test_numbers_and_harmless_text_stay_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


def test_for_programs_nothing_is_changed() -> None:
    assert csv_bytes(PROGRAMS, ("a",), [("=1+1",)]) == b"a\r\n=1+1\r\n"


def test_for_spreadsheets_the_file_says_that_it_is_utf8() -> None:
    assert csv_bytes(SPREADSHEETS, ("é",), []) == b"\xef\xbb\xbf\xc3\xa9\r\n"


class Word(StrEnum):
    """A word of ours."""

    DONE = "done"


SUMMER = timezone(timedelta(hours=2))
TEXTS: list[tuple[Cell, str]] = [
    (None, ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (10**20, "100000000000000000000"),
    (1.0, "1"),
    (-0.0, "0"),
    (0.1, "0.1"),
    (1e15, "1000000000000000.0"),
    (1e300, "1e+300"),
    (float("inf"), "inf"),
    (datetime(2026, 3, 2, 14, 5, tzinfo=UTC), "2026-03-02T14:05:00Z"),
    (datetime(2026, 7, 2, 14, 5, tzinfo=SUMMER), "2026-07-02T14:05:00+02:00"),
    (date(2026, 3, 2), "2026-03-02"),
    ("text", "text"),
    (Word.DONE, "done"),
]


@pytest.mark.parametrize(("cell", "text"), TEXTS, ids=str)
def test_every_kind_of_cell_has_one_text(cell: Cell, text: str) -> None:
    assert text_of(cell) == text
    assert csv_bytes(PROGRAMS, ("a", "b"), [(cell, "")]).decode().splitlines()[1] == f"{text},"


def test_large_tables_are_written_in_pieces() -> None:
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, Dialect(bom=False, neutralise=False, delimiter=";"), ("a", "b"))
    for number in range(100_000):
        writer.row((number, "x" * 30))
    writer.close()
    assert len(pieces) > 2
    assert max(map(len, pieces)) < 2 << 20
    assert b"".join(pieces).count(b"\r\n") == 100_001
    assert b"".join(pieces).startswith(b"a;b\r\n0;x")


def test_half_a_character_is_written_as_a_question_mark() -> None:
    assert csv_bytes(PROGRAMS, ("a",), [("\ud800",)]) == b"a\r\n?\r\n"


# reading


def test_lines_are_counted_by_where_a_row_begins(tmp_path: Path) -> None:
    rows = read_back(b'a,b\r\n1,"x\r\ny\r\nz"\r\n\r\n2,y\r\n', tmp_path)
    assert rows == [(2, {"a": "1", "b": "x\r\ny\r\nz"}), (6, {"a": "2", "b": "y"})]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r\n\r\n"])
def test_the_last_line_may_end_or_not(tmp_path: Path, end: bytes) -> None:
    assert read_back(b"a,b\n1,2" + end, tmp_path) == [(2, {"a": "1", "b": "2"})]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert read_back(b'\xef\xbb\xbf"id",b\n1,2\n', tmp_path, "id") == [(2, {"id": "1", "b": "2"})]


WRONG: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "the column id is missing"),
    "no such column": (b"key,b\n", 1, "the column id is missing"),
    "semicolons": (b"id;name\n1;2\n", 1, "there are no commas between the columns"),
    "tabs": (b"id\tname\n1\t2\n", 1, "there are no commas between the columns"),
    "twice": (b"id,b,b\n", 1, "there are two columns called b"),
    "without a name": (b"id,,\n", 1, "column 2 has no name"),
    "too few": (b"id,b\n1,2\n3\n", 3, "it has 1 cells, but the header has 2"),
    "too many": (b"id,b\n1,2,3\n", 2, "it has 3 cells, but the header has 2"),
    "open quote": (b'id,b\n1,2\n3,"x\ny\n', 3, "this is not valid CSV"),
    "text after a quote": (b'id,b\n"1"x,2\n', 2, "this is not valid CSV"),
    "old Mac": (b"id,b\r1,2\r", 1, "this is not valid CSV"),
    "Latin-1": (b"id,b\n1,2\n3,\xe9\n", 3, "the text is not UTF-8"),
    "UTF-16": ("id,b\n".encode("utf-16"), 1, "the text is not UTF-8"),
}


@pytest.mark.parametrize(("data", "line", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, data: bytes, line: int, why: str) -> None:
    said_line, said = reason(data, tmp_path, "id")
    assert (said_line, said[: len(why)]) == (line, why)
    assert said.endswith(".")


def test_a_line_longer_than_any_table_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_csv, "_LINE_LIMIT", 100)
    line, why = reason(b"id,b\n1," + b"x" * 200, tmp_path)
    assert line == 2
    assert "longer" in why


def test_a_header_of_a_hundred_thousand_columns_takes_no_time(tmp_path: Path) -> None:
    started = time.process_time()
    read_back(",".join(f"c{n}" for n in range(100_000)).encode() + b"\n", tmp_path)
    assert time.process_time() - started < 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "table.csv")
    with pytest.raises(MalformedFile, match="not a file"):
        list(read_rows(tmp_path / "table.csv", "table.csv", ()))


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_rubbish_gives_rows_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes) -> None:
    with contextlib.suppress(MalformedFile):
        assert all(line > 1 for line, _ in read_back(rubbish, tmp_path_factory.getbasetemp()))
