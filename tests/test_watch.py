"""The library's watch: it sees every change, whoever made it, and says so once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from exporting import COURSE, bring_in

from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import LibraryDamaged
from exportmanager.library.watch import Watch
from exportmanager.program import Program


@pytest.fixture
def watch(program: Program) -> Iterator[Watch]:
    watch = program.library.watch()
    yield watch
    watch.close()


def test_nothing_has_changed_where_nobody_wrote(program: Program, watch: Watch) -> None:
    assert [watch.has_changed() for _ in range(3)] == [False] * 3
    program.library.courses()
    program.library.setting("colour")
    assert not watch.has_changed()


def test_a_change_by_this_process_is_seen_once(program: Program, watch: Watch, tmp_path: Path) -> None:
    course = bring_in(program, tmp_path / "course")
    assert [watch.has_changed(), watch.has_changed()] == [True, False]
    program.library.set_course_settings(course, CourseSettings(include_inactive=True))
    program.library.set_setting("colour", "blue")
    assert [watch.has_changed(), watch.has_changed()] == [True, False], "two changes are seen as one"


def test_a_change_by_another_process_is_seen(program: Program, watch: Watch) -> None:
    script = (
        "import sys; from pathlib import Path; from exportmanager.library.library import Library;"
        "library = Library(Path(sys.argv[1])); library.set_setting('colour', 'blue'); library.close()"
    )
    subprocess.run([sys.executable, "-c", script, program.library.folder], check=True, env=dict(os.environ))
    assert [watch.has_changed(), watch.has_changed()] == [True, False]
    assert program.library.setting("colour") == "blue"


def test_what_was_not_committed_is_no_change(program: Program, watch: Watch) -> None:
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as other:
        other.execute("INSERT INTO settings (name, value) VALUES ('colour', '1')")
        assert not watch.has_changed()
        other.rollback()
        assert not watch.has_changed()
        other.execute("INSERT INTO settings (name, value) VALUES ('colour', '1')")
        other.commit()
    assert watch.has_changed()


def test_what_changed_before_it_was_made_is_no_news(program: Program, second: Program, tmp_path: Path) -> None:
    bring_in(second, tmp_path / "course")
    with closing(program.library.watch()) as watch:
        assert not watch.has_changed()
        second.ledger.create(kind="x", course=COURSE, options={}, draft="d", started_by="", now=second.clock())
        assert watch.has_changed()


def test_a_watch_does_not_hold_up_who_writes_nor_keep_an_old_moment(program: Program, watch: Watch) -> None:
    for number in range(20):
        program.library.set_setting("number", number)
        assert watch.has_changed()
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as other:
        (busy, _, _) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0


def test_two_watches_see_the_same_change_each(program: Program, watch: Watch) -> None:
    with closing(program.library.watch()) as other:
        program.library.set_setting("colour", "blue")
        assert watch.has_changed()
        assert other.has_changed()


def test_many_threads_may_ask_and_one_of_them_hears_it(program: Program, watch: Watch) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(30):
            program.library.set_setting("number", number)
            answers = list(pool.map(lambda _: watch.has_changed(), range(16)))
            assert answers.count(True) == 1


def test_a_closed_watch_says_nothing_and_can_be_closed_again(program: Program, watch: Watch) -> None:
    program.library.set_setting("colour", "blue")
    watch.close()
    assert not watch.has_changed()
    watch.close()


def test_a_watch_on_a_damaged_database_gets_a_sentence(program: Program) -> None:
    program.close()
    (program.library.folder / "library.sqlite3").write_bytes(b"no database at all, but long enough" * 200)
    with pytest.raises(LibraryDamaged, match="is damaged"):
        program.library.watch()
