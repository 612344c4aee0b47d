"""Exports of tables on the command line: days as flags, what to know first, and a look at how a table begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import CourseBuilder
from commanding import CommandLine

HOSTILE = "\x1b[31mWhy\x1b[0m\ndoes it\tnever end? " + "because " * 30


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a library with one course, in which two questions were asked."""
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "main.py")
    builder.add("coach-logs", at="2026-02-10T08:00:00Z", user="s1", assignment="a1", question=HOSTILE, answer="Look")
    builder.add("coach-logs", at="2026-02-20T08:00:00Z", user="s2", assignment="a2", question="Help?", answer="Yes")
    builder.add("coach-logs", at="2025-01-20T08:00:00Z", user="s2", assignment="a2", question="Old?", answer="Yes")
    cli = CommandLine(tmp_path / "library", capsys)
    assert cli("import", "folder", builder.write()).code == 0
    return cli


def test_a_preview_shows_the_first_rows_and_exports_nothing(cli: CommandLine) -> None:
    said = cli("export", "coach-logs", "SMALL", "--preview")
    assert said.code == 0
    heading, first, second = said.out.splitlines()
    assert "User_email" in heading.split()
    assert "Why�[0m does it never end?" in first
    assert "\x1b" not in said.out
    assert "…" in first
    assert "Help?" in second
    assert cli.json("jobs") == []
    assert cli.json("shelf", "list") == []


def test_a_preview_for_programs_has_every_cell_whole(cli: CommandLine) -> None:
    (record,) = cli.json("export", "coach-logs", "SMALL", "--preview", "--csv", "programs")
    assert record["id"] == "coach-logs"
    assert len(record["rows"]) == 2
    row = dict(zip(record["columns"], record["rows"][0], strict=True))
    assert HOSTILE in row.values()


def test_what_to_know_first_is_said_beside_it_before_the_export_and_not_again_after_it(cli: CommandLine) -> None:
    for words in (["--preview"], []):
        said = cli("export", "coach-logs", "SMALL", *words)
        assert said.code == 0
        assert said.err.count(" are left out: 1.") == 1
        assert said.err.count("It covers the time from ") == 1
        assert "left out" not in said.out


def test_what_the_report_notes_is_said_after_it(cli: CommandLine) -> None:
    said = cli("export", "coach-logs", "SMALL", "--privacy", "pseudonymous")
    assert "This table is pseudonymous" in said.err


def test_a_day_is_a_flag(cli: CommandLine) -> None:
    (record,) = cli.json("export", "coach-logs", "SMALL", "--preview", "--since", "2026-02-15")
    assert len(record["rows"]) == 1
    assert "YYYY-MM-DD" in cli("export", "coach-logs", "--help").out


def test_what_is_no_day_is_refused_in_words(cli: CommandLine) -> None:
    said = cli("export", "coach-logs", "SMALL", "--since", "15.2.2026")
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[0] == "From: it must be a day such as 2026-03-02."


def test_an_empty_table_is_said_before_it_is_exported_all_the_same(cli: CommandLine) -> None:
    said = cli("export", "coach-logs", "SMALL", "--until", "2025-12-31", "--since", "2025-12-01")
    assert said.code == 0
    assert "No coach logs in this period" in said.err
    assert Path(said.out.splitlines()[0]).read_text(encoding="utf-8-sig").count("\n") == 1


def test_what_is_no_table_has_no_preview(cli: CommandLine) -> None:
    said = cli("export", "coursework", "SMALL", "--preview")
    assert said == (1, "", "Coursework data is not a table: it has no preview.\nLeave out --preview to export it.\n")


def test_of_what_the_course_does_not_have_there_is_no_preview_either(cli: CommandLine) -> None:
    said = cli("export", "lti-urls", "SMALL", "--preview")
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[0].endswith("not available for this course: the course is not LTI enabled.")


def test_what_no_flag_says_is_as_the_settings_have_it(cli: CommandLine) -> None:
    cli("settings", "--csv", "spreadsheets", "--separator", "semicolon")
    set_so, told_so = (
        cli.json("export", "coach-logs", "SMALL", *words)[0]["options"] for words in ([], ["--csv", "programs"])
    )
    assert (set_so["csv"], set_so["separator"]) == ("spreadsheets", "semicolon")
    assert told_so["csv"] == "programs"
