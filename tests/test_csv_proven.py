"""Tables are read back by programs that nobody here wrote: Python's csv, pandas, sqlite3 and LibreOffice."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from handling import needs, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exportmanager.core.preset import Preset, Separator
from exportmanager.formats.csv import END, CsvWriter, Dialect, dialect_of, neutral, texts_of

Rows = Sequence[Sequence[str]]
HEADER = ("a", "b,;\tc", 'd"d')
PARTS = st.one_of(
    st.sampled_from([
        '"', '""', ",", ";", "\t", "\n", "\r", "\r\n", "\n\r", "=1+1", "@x", "+", "-5", "'", "", " ", "\ufeff",
        "\u2028", "\x1c", "\x85", "\\", "\\n", "#", "é", "e\u0301", "\u202e", "שלום", "\U0001f600", "NULL", "nan",
        "1e5", "007",
    ]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)  # fmt: skip
CELLS = st.lists(PARTS, max_size=4).map("".join)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6)
DIALECTS: list[tuple[Preset, Separator]] = [
    ("programs", "comma"), ("spreadsheets", "comma"), ("spreadsheets", "semicolon"), ("spreadsheets", "tab")
]  # fmt: skip
hostile = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

NASTY: Rows = [
    ["", "", ""],
    ["a,b;c\td", 'quote " and ""', "'"],
    ["two\nlines", "two\r\nlines", "a lone\rreturn"],
    ["\r", "\n", " "],
    ["=1+1", "+1", "-cmd|' /C calc'!A0"],
    ["@SUM(A1)", "\t=1", "\uff1d1"],
    ["\ufeff", "\u2028\x85", "# <b>Markup</b> & **more**\n\n```\ncode\n```"],
    ["é e\u0301", "שלום 你好", "\U0001f600"],
    ["\\N", "NULL", "nan"],
]


def written(rows: Rows, dialect: Dialect, *, in_parts: bool = False) -> bytes:
    """The table; `in_parts`: its lines put together from `joined` cells."""
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, dialect, HEADER)
    for first, *others in rows:
        if in_parts:
            writer.lines(f"{writer.joined([first, ''])}{writer.joined(others)}{END}")
        else:
            writer.row([first, *others])
    writer.close()
    return b"".join(pieces)


def expected(rows: Rows, dialect: Dialect) -> list[list[str]]:
    """What a reader gets: the cells as they were, or with an apostrophe before those that would run."""
    return [[neutral(cell) if dialect.neutralise else cell for cell in row] for row in (HEADER, *rows)]


def by_python(data: bytes, dialect: Dialect) -> list[list[str]]:
    text = data.decode("utf-8-sig" if dialect.bom else "utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True))


@pytest.mark.parametrize(("preset", "separator"), DIALECTS)
@hostile
@given(TABLES)
def test_pythons_csv_reads_every_dialect_back(preset: Preset, separator: Separator, rows: Rows) -> None:
    dialect = dialect_of(preset, separator)
    assert by_python(written(rows, dialect), dialect) == expected(rows, dialect)
    assert [list(texts_of(row, dialect)) for row in (HEADER, *rows)] == expected(rows, dialect)


@pytest.mark.parametrize(("preset", "separator"), DIALECTS)
@hostile
@given(TABLES)
def test_lines_put_together_from_parts_are_those_of_rows(preset: Preset, separator: Separator, rows: Rows) -> None:
    dialect = dialect_of(preset, separator)
    assert by_python(written(rows, dialect, in_parts=True), dialect) == expected(rows, dialect)


def test_for_programs_a_separator_stays_a_comma() -> None:
    assert written(NASTY, dialect_of("programs", "tab")) == written(NASTY, dialect_of("programs"))


def test_zero_bytes_stay_and_half_characters_are_marked() -> None:
    dialect = dialect_of("programs")
    data = written([["a\0b", "\ud83d", "c\udc80"]], dialect)
    assert by_python(data, dialect)[1] == ["a\0b", "?", "c?"]


def test_parts_and_rows_can_be_mixed_and_come_in_order() -> None:
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, dialect_of("spreadsheets", "semicolon"), ("a", "b"))
    writer.row([1, "=x"])
    writer.lines(f"{writer.joined(['-y', None])}{END}{writer.joined([True, ';'])}{END}")
    writer.row(["", 2.0])
    writer.close()
    assert b"".join(pieces).decode("utf-8-sig") == "a;b\r\n1;'=x\r\n'-y;\r\ntrue;\";\"\r\n;2\r\n"


# Programs that are not always there


@hostile
@given(TABLES)
def test_sqlite_imports_what_was_written_for_programs(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> None:
    folder = tmp_path_factory.mktemp("sqlite")
    assert by_sqlite(written(rows, dialect_of("programs")), folder) == [list(row) for row in rows]


def test_sqlite_imports_what_is_nasty(tmp_path: Path) -> None:
    assert by_sqlite(written(NASTY, dialect_of("programs")), tmp_path) == [list(row) for row in NASTY]


def by_sqlite(data: bytes, folder: Path) -> list[list[str]]:
    """The rows as the shell's .import takes them in."""
    shell = needs("sqlite3")
    (folder / "table.csv").write_bytes(data)
    script = f"""
        CREATE TABLE t (a TEXT, b TEXT, c TEXT);
.import --csv --skip 1 '{folder / "table.csv"}' t
.mode json
        SELECT hex(a) AS a, hex(b) AS b, hex(c) AS c FROM t ORDER BY rowid;
    """
    done = subprocess.run([shell, ":memory:"], input=script.encode(), capture_output=True, check=True)
    assert not done.stderr, done.stderr
    found = json.loads(done.stdout or "[]")
    return [[bytes.fromhex(row[name]).decode() for name in "abc"] for row in found]


READ_WITH_PANDAS = """
import json, sys
import pandas
frame = pandas.read_csv(sys.argv[1], dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")
print(json.dumps([list(frame.columns), *frame.values.tolist()]))
"""


@pytest.fixture(scope="module")
def python_with_pandas() -> str:
    """A Python that has pandas: this one, or that which PANDAS_PYTHON names."""
    python = os.environ.get("PANDAS_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import pandas"], capture_output=True, check=False).returncode:
        pytest.skip("pandas is not installed; a Python that has it can be named by PANDAS_PYTHON")
    return python


def test_pandas_reads_what_was_written_for_programs(python_with_pandas: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(written(NASTY, dialect_of("programs")))
    (tmp_path / "read.py").write_text(READ_WITH_PANDAS)
    output = run(python_with_pandas, tmp_path / "read.py", tmp_path / "table.csv")
    assert json.loads(output) == expected(NASTY, dialect_of("programs"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """LibreOffice without a window, with a profile of its own."""
    program = needs("soffice")
    return [program, f"-env:UserInstallation=file://{tmp_path_factory.mktemp('office')}", "--headless"]


TEXT_COLUMNS = "/".join(f"{column}/2" for column in (1, 2, 3))
COMMA_OUT = "44,34,76,1"


@pytest.mark.parametrize("separator", ["comma", "semicolon", "tab"])
def test_libreoffice_keeps_newlines_and_markup_and_runs_nothing(
    separator: Separator, office: list[str], tmp_path: Path
) -> None:
    dialect = dialect_of("spreadsheets", separator)
    (tmp_path / "table.csv").write_bytes(written(NASTY, dialect))
    reading = f"--infilter=Text - txt - csv (StarCalc):{ord(dialect.delimiter)},34,76,1,{TEXT_COLUMNS}"
    writing = f"csv:Text - txt - csv (StarCalc):{COMMA_OUT}"
    run(*office, reading, "--convert-to", writing, "--outdir", tmp_path / "out", tmp_path / "table.csv")
    text = (tmp_path / "out" / "table.csv").read_bytes().decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert [_lines_alike(row) for row in found] == [_lines_alike(row) for row in expected(NASTY, dialect)]


def _lines_alike(row: Sequence[str]) -> list[str]:
    """A spreadsheet has one kind of line end in its cells."""
    return [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
