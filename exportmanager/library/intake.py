"""The files of an import on their way in: packed, compared with what the library has, kept where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal, select

from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Gap
from exportmanager.core.trees import Tree
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.packer import Packer, Packing
from exportmanager.library.store import PackageStore
from exportmanager.library.values import package_row


@dataclass(frozen=True, slots=True)
class Files:
    """Files on their way in: whose they are, as the start of a row of `table`, and how gaps name them."""

    table: type[Base]
    thing: str
    row: dict[str, Any]
    place: str

    @property
    def key(self) -> tuple[str, ...]:
        """Tells them apart in this course."""
        return (self.table.__tablename__, self.row["assignment_id"], self.row.get("student_id", ""))


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a workspace or published project that is kept."""

    number: int
    package: str
    identity: bytes
    imported_at: datetime


class FileIntake:
    """Takes trees in. Rows go to `stage`, with the table they are for; what is not there goes to `gaps`."""

    def __init__(
        self,
        connection: Connection,
        store: PackageStore,
        now: datetime,
        meter: Meter,
        *,
        stage: Callable[[type[Base], dict[str, Any]], None],
        gaps: list[Gap],
    ) -> None:
        self._connection = connection
        self._store = store
        self._now = now
        self._meter = meter
        self._stage = stage
        self._gaps = gaps
        self._course = CourseId("")
        self._changes = {thing: Change(thing=thing) for thing in ("published", "workspaces")}
        self._versions: dict[tuple[str, ...], _Version] = {}
        self._taken: set[tuple[str, ...]] = set()
        self._adopted: list[str] = []
        self._named: set[str] = set()
        self._packer: Packer[Files] = Packer(store, meter)

    def begin(self, course: CourseId) -> None:
        """Whose files they are."""
        self._course = course
        self._versions = dict(self._current_versions())

    def _current_versions(self) -> Iterator[tuple[tuple[str, ...], _Version]]:
        """The newest version of each workspace and published project that the library has."""
        for model, student in ((t.Workspaces, t.Workspaces.student_id), (t.PublishedVersions, literal(""))):
            query = (
                select(
                    model.assignment_id, student, model.number, model.package, t.Packages.identity, model.imported_at
                )
                .join(t.Packages, t.Packages.sha256 == model.package)
                .where(model.course_id == self._course)
                .order_by(model.number)
            )
            for assignment, owner, number, package, identity, imported_at in self._connection.execute(query):
                yield (model.__tablename__, assignment, owner), _Version(number, package, identity, imported_at)

    def submit(self, files: Files, tree: Tree, modified: int | None) -> None:
        """Pack `tree`, and take in what is packed by now."""
        self._packer.submit(files, tree, modified)
        self._take_packings()

    def take_all(self) -> None:
        """Take in what is left."""
        self._take_packings(to_the_last=True)

    def sync(self) -> None:
        """Bring the names of new packages to the disk, before a row names them."""
        self._store.sync(self._adopted)

    def changes(self) -> list[Change]:
        """What was done; what the library has and did not come this time stays."""
        return [self._with_kept(change) for change in self._changes.values()]

    def _take_packings(self, *, to_the_last: bool = False) -> None:
        for files, packing in self._packer.results(to_the_last=to_the_last):
            if isinstance(packing, BadSource):
                self._gaps.append(
                    Gap(
                        what=files.thing.removesuffix("s"),
                        who=files.place,
                        why=packing.what,
                        student_id=files.row.get("student_id", ""),
                        assignment_id=files.row["assignment_id"],
                    )
                )
            else:
                try:
                    self._take_packing(files, packing)
                except BaseException:
                    packing.draft.discard()
                    raise
            self._meter.advance(1, files.place)

    def _take_packing(self, files: Files, packing: Packing) -> None:
        gaps = [gap.model_copy(update={"who": files.place}) for gap in packing.gaps]
        self._gaps += gaps
        change = self._changes[files.thing]
        known = self._versions.get(files.key)
        self._taken.add(files.key)
        if known and known.identity == packing.packed.identity and self._is_whole(known):
            packing.draft.discard()
            version, how = known, "unchanged"
        elif known and known.package == packing.packed.sha256:
            self._adopt(packing)
            version, how = known, "changed"
        else:
            number = known.number + 1 if known else 1
            version = _Version(number, self._adopt(packing), packing.packed.identity, self._now)
            how = "changed" if known else "added"
        self._changes[files.thing] = change.model_copy(update={"read": change.read + 1, how: getattr(change, how) + 1})
        own = {"number": version.number, "package": version.package, "imported_at": version.imported_at}
        self._stage(files.table, files.row | own | {"gaps": [gap.model_dump() for gap in gaps]})

    def _is_whole(self, version: _Version) -> bool:
        """Whether the library's file is there and undamaged: where not, importing again puts it right."""
        return self._store.is_whole(version.package, lambda _: self._meter.advance(0))

    def _adopt(self, packing: Packing) -> str:
        """Keep what was packed, and stage its rows where the library has none of these bytes."""
        packed = packing.packed
        if self._store.adopt(packing.draft, packed.sha256):
            self._adopted.append(packed.sha256)
        if packed.sha256 not in self._named:  # one that the library has stays as it is when rows are taken in
            self._stage(t.Packages, package_row(packed))
        self._named.add(packed.sha256)
        return packed.sha256

    def _with_kept(self, change: Change) -> Change:
        table = {"workspaces": t.Workspaces, "published": t.PublishedVersions}[change.thing].__tablename__
        kept = sum(key[0] == table and key not in self._taken for key in self._versions)
        return change.model_copy(update={"kept": kept})

    def close(self, *, is_finished: bool) -> None:
        """End the threads; take back what came from an import that is not finished, and that no row names."""
        self._packer.close()
        if self._adopted and not is_finished:
            self._connection.rollback()
            named = set(self._connection.execute(select(t.Packages.sha256)).scalars())
            for sha256 in set(self._adopted) - named:
                self._store.remove(sha256)
