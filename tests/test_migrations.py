"""The database's own history: what the migrations make is what the program uses, and no version harms another's."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from building import CourseBuilder
from conftest import Clock
from handling import DATABASE, bring_in, dump, rows
from sqlalchemy import Engine, text

from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import LibraryDamaged, LibraryTooNew
from exportmanager.library import schema, tables
from exportmanager.library.db import FILE_NAME, migrating, open_engine
from exportmanager.library.library import Library
from exportmanager.program import Program

MIGRATIONS = Path(schema.__file__).parent / "migrations"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "fresh"
    Library(folder).close()
    engine = open_engine(folder / FILE_NAME)
    yield engine
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_program_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.Jobs.metadata) == []


def test_the_comparison_sees_a_column_that_is_not_there(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE settings ADD COLUMN more TEXT"))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.Jobs.metadata)


def test_each_table_is_declared_as_the_migrations_declare_it(engine: Engine, tmp_path: Path) -> None:
    """Also what Alembic does not compare: keys, references with what happens on deletion, indexes, AUTOINCREMENT."""
    other = open_engine(tmp_path / "declared.sqlite3")
    tables.Jobs.metadata.create_all(other)
    found = []
    for one in (engine, other):
        with one.connect() as connection:
            names = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_schema")) if row[0]}
            facts = {}
            for name in names - {"alembic_version", "sqlite_autoindex_alembic_version_1"}:
                for pragma in ("table_xinfo", "foreign_key_list", "index_xinfo"):
                    rows = connection.execute(text(f"PRAGMA {pragma}({name})")).all()
                    facts[name, pragma] = (
                        sorted(map(repr, rows))
                        if pragma != "foreign_key_list"
                        else sorted(repr(row[2:]) for row in rows)
                    )
            facts["", "autoincrement"] = sorted(
                row[0]
                for row in connection.execute(text("SELECT name FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'"))
            )
            facts["", "without rowid"] = sorted(
                row[0]
                for row in connection.execute(text("SELECT name FROM sqlite_schema WHERE sql LIKE '%WITHOUT ROWID%'"))
            )
            found.append(facts)
    other.dispose()
    assert found[0] == found[1]


def test_the_newest_revision_is_the_one_that_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A library of today with a course."""
    program = Program(tmp_path / "library", Clock())
    bring_in(program, CourseBuilder(tmp_path / "course").write())
    program.close()
    return tmp_path / "library"


def put(database: sqlite3.Connection, table: str, **values: str | int) -> None:
    """Insert a row; what it must have beside `values` is a moment or 0."""
    for _, name, kind, is_needed, *_ in database.execute(f"PRAGMA table_info({table})"):
        if is_needed and name not in values:
            values[name] = "2026-03-01 10:00:00.000000" if kind == "DATETIME" else 0
    marks = ",".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({marks})", tuple(values.values()))


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A library as version 0.1 made it: a course that came in three times, and a job."""
    folder = tmp_path / "first"
    folder.mkdir()
    engine = open_engine(folder / DATABASE)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    reports = ('{"gaps":[]}', '{"gaps":[{"what":"a","why":"b"},{"what":"c","why":"d"}]}', "{}")
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as database, database:
        put(database, "courses", id="c", extra="{}", taken_on="2026-03-01")
        for number, report in enumerate(reports, 3):
            put(database, "imports", id=number, course_id="c", report=report)
        for number, state in ((1, "failed"), (7, "removed")):
            put(database, "jobs", id=number, state=state, draft=str(number))
        database.execute("DELETE FROM jobs WHERE id = 7")
    return folder


def test_a_library_of_the_first_version_keeps_its_rows_and_gets_its_gaps_counted(first_version: Path) -> None:
    query = "SELECT id, course_id, source, at, report FROM imports"
    before = rows(first_version, query)
    Library(first_version).close()
    assert rows(first_version, query) == before
    assert rows(first_version, "SELECT id, gaps FROM imports ORDER BY id") == [(3, 0), (4, 2), (5, 0)]
    assert rows(first_version, "SELECT id, state, dismissed FROM jobs") == [(1, "failed", 0)]
    assert rows(first_version, "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'") == [(7,)], "no number comes twice"
    assert rows(first_version, "SELECT name FROM sqlite_schema WHERE name LIKE '%before'") == []
    assert [path.name for path in (first_version / "backups").iterdir()] == ["before-0005-from-0001.sqlite3"]


def test_a_library_of_the_first_version_has_the_tables_of_a_new_one(first_version: Path, engine: Engine) -> None:
    Library(first_version).close()
    query = "SELECT type, name, tbl_name, replace(sql, '\"', '') FROM sqlite_schema ORDER BY type, name"
    new = Path(engine.url.database or "").parent
    assert rows(first_version, query) == rows(new, query)


def test_a_course_that_was_set_before_keeps_its_setting_and_gets_the_usual_rules(first_version: Path) -> None:
    with contextlib.closing(sqlite3.connect(first_version / DATABASE)) as database, database:
        put(database, "course_settings", course_id="c", include_inactive=1)
    with contextlib.closing(Library(first_version)) as library:
        assert library.course_settings(CourseId("c")) == CourseSettings(include_inactive=True)
        assert library.old_access.rules() == []


def test_names_that_archives_must_change_are_not_portable_any_more(first_version: Path) -> None:
    names = ["plain.txt", "50%.txt", "100%25.txt", "line%0aend.txt"]
    with contextlib.closing(sqlite3.connect(first_version / DATABASE)) as database, database:
        for name in names:
            put(database, "packages", sha256=name, manifest=f'[["{name}",1,420,"",null]]', portable=1)
    Library(first_version).close()
    kept = rows(first_version, "SELECT sha256 FROM packages WHERE portable ORDER BY rowid")
    assert kept == [(name,) for name in names[:2]]


@pytest.fixture
def next_version(older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program of a version to come, for which the library is an older one: another migration fills a new column."""
    copy = shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "9999_next.py").write_text(
        f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", {schema.HEAD!r}, None, None

def upgrade():
    op.add_column("courses", sa.Column("colour", sa.String(), nullable=False, server_default="blue"))
    op.execute("UPDATE courses SET colour = upper(title)")
"""
    )
    monkeypatch.setattr(schema, "_MIGRATIONS", copy)
    monkeypatch.setattr(schema, "HEAD", "9999")
    return "9999"


def test_an_older_library_is_copied_and_then_brought_up(older: Path, next_version: str, tmp_path: Path) -> None:
    before = dump(older)
    Library(older).close()
    (copy,) = (older / "backups").iterdir()
    assert copy.name == "before-9999-from-0005.sqlite3"
    assert copy.stat().st_mode & 0o777 == 0o600
    shutil.copy(copy, tmp_path / DATABASE)
    assert dump(tmp_path) == before
    with contextlib.closing(sqlite3.connect(older / DATABASE)) as connection:
        assert connection.execute("SELECT colour FROM courses").fetchall() == [("A SMALL COURSE",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(next_version,)]
    Library(older).close()
    assert len(list((older / "backups").iterdir())) == 1, "a start that changes nothing copies nothing"


@pytest.mark.usefixtures("next_version")
def test_a_migration_that_fails_leaves_the_library_as_it_was(older: Path) -> None:
    script = schema._MIGRATIONS / "versions" / "9999_next.py"
    script.write_text(script.read_text() + '    op.execute("SELECT * FROM nowhere")\n')
    before = dump(older)
    with pytest.raises(Exception, match="nowhere"):
        Library(older)
    assert dump(older) == before
    assert [path.suffix for path in (older / "backups").iterdir()] == [".sqlite3"]


@pytest.mark.usefixtures("next_version")
def test_a_table_made_anew_keeps_the_rows_that_refer_to_it(older: Path) -> None:
    script = schema._MIGRATIONS / "versions" / "9999_next.py"
    anew = """
    with op.batch_alter_table("courses", recreate="always") as courses:
        courses.alter_column("code", new_column_name="short")
"""
    script.write_text(script.read_text() + anew)
    before = [line for line in dump(older) if line.startswith('INSERT INTO "students"')]
    Library(older).close()
    assert [line for line in dump(older) if line.startswith('INSERT INTO "students"')] == before != []
    with contextlib.closing(sqlite3.connect(older / DATABASE)) as connection:
        assert connection.execute("SELECT short FROM courses").fetchall() == [("SMALL",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_library_of_a_newer_version_is_refused_and_left_alone(
    older: Path, next_version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library(older).close()
    shutil.rmtree(older / "backups")
    monkeypatch.undo()
    before = dump(older)
    for _ in range(3):
        with pytest.raises(LibraryTooNew, match="newer version") as raised:
            Library(older)
    assert raised.value.next_step
    assert next_version in raised.value.details
    assert dump(older) == before
    assert not (older / "backups").exists(), "refusing it makes no copies"


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.commit()
    before = dump(tmp_path)
    with pytest.raises(LibraryDamaged, match="another program"):
        Library(tmp_path)
    assert dump(tmp_path) == before


def test_a_database_whose_revision_is_lost_gets_a_sentence(older: Path) -> None:
    with contextlib.closing(sqlite3.connect(older / DATABASE)) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()
    before = dump(older)
    with pytest.raises(LibraryDamaged):
        Library(older)
    assert dump(older) == before
