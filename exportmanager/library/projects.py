"""Workspaces that were taken into the library for review, and belong to no course."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update
from sqlalchemy.dialects import sqlite

from exportmanager.core.errors import BadOptions, NotFound, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.trees import Findings, Tree
from exportmanager.formats.packing import Packed, pack
from exportmanager.library import tables as t
from exportmanager.library.db import reading, writing
from exportmanager.library.kept_files import Kept, manifest_of
from exportmanager.library.store import PackageDraft, PackageStore
from exportmanager.library.trash import remove_unnamed
from exportmanager.library.values import package_row

LONGEST = 200
"""Letters of a project's name."""


@dataclass(frozen=True, slots=True)
class Project:
    """A workspace outside any course: `origin` is the path it was read from; `gaps` what could not be read."""

    id: int
    name: str
    stack: str
    origin: str
    imported_at: datetime
    package: str
    files: int
    bytes: int
    gaps: tuple[Gap, ...]


class LibraryProjects:
    """Takes projects in, lists and removes them. `alone` is held while packages come or go."""

    def __init__(self, engine: Engine, store: PackageStore, alone: Callable[[], AbstractContextManager[None]]) -> None:
        self._engine, self._store, self._alone = engine, store, alone

    def all(self) -> Sequence[Project]:
        """Every project, the newest first."""
        with reading(self._engine) as connection:
            return [_project_of(row) for row in connection.execute(_QUERY.order_by(t.Projects.id.desc()))]

    def get(self, project: int) -> Project:
        """One project. Raises `NotFound`."""
        with reading(self._engine) as connection:
            return _project_of(_row(connection, project))

    def kept(self, project: int) -> Kept:
        """Where its files lie. Raises `NotFound`."""
        with reading(self._engine) as connection:
            found = _project_of(_row(connection, project))
            return Kept(
                name=found.name,
                package=found.package,
                path=self._store.path(found.package),
                stack=found.stack,
                files=manifest_of(connection, found.package),
                gaps=found.gaps,
            )

    def take_in(self, tree: Tree, name: str, stack: str, origin: str, now: datetime, meter: Meter) -> Project:
        """Pack a workspace into the library: all of it, or nothing. What cannot be read of it is in `gaps`.

        Raises `BadOptions` for the name, `BadSource`, `NoRoom`, `Cancelled`, `LibraryBusy`.
        """
        name = _checked(name)
        meter.stage("Reading")
        with self._alone(), self._packed(tree, meter) as (packed, gaps):
            values = {"name": name, "stack": stack, "origin": origin, "imported_at": now, "package": packed.sha256}
            with writing(self._engine) as connection:
                row = sqlite.insert(t.Packages).values(**package_row(packed))
                connection.execute(row.on_conflict_do_nothing())
                rows = [gap.model_dump(mode="json") for gap in gaps]
                new = connection.execute(insert(t.Projects).values(**values, gaps=rows).returning(t.Projects.id))
                project = new.scalar_one()
        return self.get(project)

    @contextmanager
    def _packed(self, tree: Tree, meter: Meter) -> Iterator[tuple[Packed, list[Gap]]]:
        """The tree as a package on the disk; what is not named by a row afterwards is swept."""
        findings = Findings(check=lambda: meter.advance(0))
        try:
            draft = self._store.new_draft()
            packed = self._pack(tree, draft, findings)
            self._store.adopt(draft, packed.sha256)
            self._store.sync([packed.sha256])
        except OSError as error:
            raise from_os_error(error, "taking the workspace into the library") from error
        yield packed, findings.gaps

    def _pack(self, tree: Tree, draft: PackageDraft, findings: Findings) -> Packed:
        try:
            packed = pack(tree, draft.file, findings, findings.check)
            draft.close()
        except BaseException:
            draft.discard()
            raise
        return packed

    def set_stack(self, project: int, stack: str) -> None:
        """Remember what it runs with. Raises `NotFound`."""
        self._change(project, stack=stack)

    def rename(self, project: int, name: str) -> None:
        """Call it otherwise. Raises `NotFound`, `BadOptions`."""
        self._change(project, name=_checked(name))

    def _change(self, project: int, **values: str) -> None:
        with writing(self._engine) as connection:
            _row(connection, project)
            connection.execute(update(t.Projects).where(t.Projects.id == project).values(**values))

    def remove(self, project: int) -> None:
        """Let a project go for good, and its files unless something else needs them. Raises `NotFound`."""
        with self._alone():
            with writing(self._engine) as connection:
                package = _row(connection, project).package
                connection.execute(delete(t.Projects).where(t.Projects.id == project))
                gone = remove_unnamed(connection, [package])
            for sha256 in gone:
                self._store.remove(sha256)


_P = t.Projects
_QUERY = select(_P.__table__, t.Packages.files, t.Packages.bytes).join(t.Packages, t.Packages.sha256 == _P.package)


def _row(connection: Any, project: int) -> Row[Any]:
    row: Row[Any] | None = connection.execute(_QUERY.where(_P.id == project)).first() if project < 1 << 63 else None
    if row is None:
        raise NotFound(f"There is no project {project} in the library.", "See the list of projects.")
    return row


def _project_of(row: Row[Any]) -> Project:
    return Project(**{**row._mapping, "gaps": tuple(Gap.model_validate(gap) for gap in row.gaps)})


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise BadOptions(f"A project's name has between 1 and {LONGEST} letters.", "Choose another name.")
    return name
