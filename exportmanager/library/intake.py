"""The files of an import on their way in: packed, compared with what the library has, kept where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, literal, null, select

from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Gap
from exportmanager.core.trees import Tree
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.merge import staged
from exportmanager.library.packer import Packer, Packing
from exportmanager.library.staging import Staging
from exportmanager.library.store import PackageStore
from exportmanager.library.values import package_row

_Key = tuple[str, ...]
_THINGS: Mapping[str, type[t.Workspaces | t.PublishedVersions]] = {
    "published": t.PublishedVersions,
    "workspaces": t.Workspaces,
}


@dataclass(frozen=True, slots=True)
class Files:
    """Files on their way in: whose they are, as the start of a row of `table`, and how gaps name them."""

    table: type[Base]
    thing: str
    row: dict[str, Any]
    place: str

    @property
    def key(self) -> _Key:
        """Tells them apart in this course."""
        return (self.table.__tablename__, self.row["assignment_id"], self.row.get("student_id", ""))


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a workspace or published project that is kept; `version` is the platform's number of it."""

    number: int
    package: str
    identity: bytes
    imported_at: datetime
    version: int | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of files in this import: the version that they are now, and how that came to be."""

    version: _Version
    how: str


class FileIntake:
    """Takes trees in. Rows go to `staging`; what is not there goes to `gaps`."""

    def __init__(
        self,
        connection: Connection,
        store: PackageStore,
        now: datetime,
        meter: Meter,
        *,
        staging: Staging,
        gaps: list[Gap],
    ) -> None:
        self._connection = connection
        self._store = store
        self._now = now
        self._meter = meter
        self._staging = staging
        self._gaps = gaps
        self._course = CourseId("")
        self._versions: dict[_Key, _Version] = {}
        self._highest: dict[str, int] = {}
        self._taken: dict[_Key, _Taken] = {}
        self._adopted: list[str] = []
        self._named: set[str] = set()
        self._packer: Packer[Files] = Packer(store, meter)

    def begin(self, course: CourseId) -> None:
        """Whose files they are."""
        self._course = course
        of = t.Assignments
        declared = select(of.id, of.version).where(of.course_id == course, of.version.is_not(None))
        numbers = {assignment: number - 1 for assignment, number in self._connection.execute(declared) if number}
        for key, version in self._kept_versions():
            self._versions[key] = version
            if version.version is not None:
                self._highest[key[1]] = max(version.version, self._highest.get(key[1], 0))
        self._highest = numbers | self._highest

    def _kept_versions(self) -> Iterator[tuple[_Key, _Version]]:
        """Each version of each workspace and published project that the library has, the newest last."""
        for model, student, version in (
            (t.Workspaces, t.Workspaces.student_id, null()),
            (t.PublishedVersions, literal(""), t.PublishedVersions.version),
        ):
            query = (
                select(
                    model.assignment_id,
                    student,
                    model.number,
                    model.package,
                    t.Packages.identity,
                    model.imported_at,
                    version,
                )
                .join(t.Packages, t.Packages.sha256 == model.package)
                .where(model.course_id == self._course)
                .order_by(model.number)
            )
            for assignment, owner, number, package, identity, at, numbered in self._connection.execute(query):
                yield (model.__tablename__, assignment, owner), _Version(number, package, identity, at, numbered)

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

    def changes(self, *, is_part: bool) -> list[Change]:
        """What was done; of a whole course, what the library has and did not come this time is kept."""
        return [self._change(thing, is_part) for thing in _THINGS]

    def _change(self, thing: str, is_part: bool) -> Change:
        table = _THINGS[thing].__tablename__
        done = Counter(taken.how for key, taken in self._taken.items() if key[0] == table)
        kept = sum(key[0] == table and key not in self._taken for key in self._versions)
        return Change(thing=thing, read=done.total(), kept=0 if is_part else kept, **done)

    def published(self) -> list[str]:
        """The assignments whose published project came."""
        return [key[1] for key in self._taken if key[0] == t.PublishedVersions.__tablename__]

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
        taken = self._take_version(files, packing)
        self._taken[files.key] = taken
        version = taken.version
        own = {"number": version.number, "package": version.package, "imported_at": version.imported_at}
        if "version" in files.row:
            own["version"] = version.version
        self._staging.add(files.table, files.row | own | {"gaps": [gap.model_dump() for gap in gaps]})

    def _take_version(self, files: Files, packing: Packing) -> _Taken:
        """The version that the files are: the library's, one that came earlier in this import, or a new one."""
        known, earlier = self._versions.get(files.key), self._taken.get(files.key)
        latest = earlier.version if earlier else known
        if known and known.identity == packing.packed.identity and self._is_whole(known):
            packing.draft.discard()
            self._forget(files, known.number)
            return _Taken(self._numbered(files, known, known.version), "unchanged")
        if earlier and earlier.version.identity == packing.packed.identity:
            packing.draft.discard()
            return earlier
        if known and known.package == packing.packed.sha256:
            self._adopt(packing)
            return _Taken(self._numbered(files, known, known.version), "changed")
        version = _Version(latest.number + 1 if latest else 1, self._adopt(packing), packing.packed.identity, self._now)
        highest = self._highest.get(files.key[1], 0)
        return _Taken(self._numbered(files, version, highest + 1), "changed" if known else "added")

    def _numbered(self, files: Files, version: _Version, number: int | None) -> _Version:
        """A published project with the number it came with; with `number` where it came without one."""
        if "version" not in files.row:
            return version
        given = files.row["version"]
        numbered = replace(version, version=number if given is None else given)
        assert numbered.version is not None, "a published project has a number"
        self._highest[files.key[1]] = max(self._highest.get(files.key[1], 0), numbered.version)
        return numbered

    def _forget(self, files: Files, number: int) -> None:
        """What came earlier in this import was not the last word: the library's version `number` is."""
        if files.key not in self._taken:
            return
        self._staging.flush(files.table)
        rows = staged(core_table(files.table))
        mine = and_(
            *(
                rows.c[name] == files.row[name]
                for name in ("course_id", "assignment_id", "student_id")
                if name in files.row
            )
        )
        self._connection.execute(delete(rows).where(mine, rows.c.number > number))

    def _is_whole(self, version: _Version) -> bool:
        """Whether the library's file is there and undamaged: where not, importing again puts it right."""
        return self._store.is_whole(version.package, lambda _: self._meter.advance(0))

    def _adopt(self, packing: Packing) -> str:
        """Keep what was packed, and stage its rows where the library has none of these bytes."""
        packed = packing.packed
        if self._store.adopt(packing.draft, packed.sha256):
            self._adopted.append(packed.sha256)
        if packed.sha256 not in self._named:  # one that the library has stays as it is when rows are taken in
            self._staging.add(t.Packages, package_row(packed))
        self._named.add(packed.sha256)
        return packed.sha256

    def close(self, *, is_finished: bool) -> None:
        """End the threads; take back what came from an import that is not finished, and that no row names."""
        self._packer.close()
        if self._adopted and not is_finished:
            self._connection.rollback()
            named = set(self._connection.execute(select(t.Packages.sha256)).scalars())
            for sha256 in set(self._adopted) - named:
                self._store.remove(sha256)
