"""Takes a course out of an archive and into a library again: all of it, or what one student needs, or only in words."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exportmanager.archive.bag_files import BagFiles, open_bag
from exportmanager.archive.certificate import read_certificate
from exportmanager.archive.names import ABOUT, CERTIFICATE_JSON, FORMAT, LIBRARY, PACKAGES, PLACES, VERSION
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.places import Place, place_of
from exportmanager.archive.remaking import Remaking, Wanted, wanted
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import Certificate, Damage, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource, Damaged, MalformedFile, NotFound, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.core.options import fitting
from exportmanager.formats import bags
from exportmanager.formats.ahead import ahead
from exportmanager.formats.json import parse_json
from exportmanager.formats.packing import Packed, packed_as
from exportmanager.formats.untrusted import printable
from exportmanager.library.library import Library
from exportmanager.library.rows import OF_PACKAGES, TABLES, line_of, person_column
from exportmanager.library.rows_checked import rows_from
from exportmanager.library.schema import HEAD
from exportmanager.library.store import PackageDraft
from exportmanager.library.taking_archive import ArchiveTaking

_MANIFEST = bags.MANIFEST.format(algorithm="sha256")
_OF_ALL = {"imports"}
"""Tables whose rows tell of everybody: they do not come with one student."""
_ANOTHER_COPY = "Use another copy of the archive."


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came, or would come, out of an archive: of `student` (a name; "" for the whole course) so many workspaces,
    with earlier versions, and `bytes` of files that were not in the library. `rows` counts those of each table that
    were not. `was_here`: the library has all of it; `stayed`: so many rows are there and say otherwise.

    `damage` lies in what was not needed, such as pages to read. `options`, `certificate` and `sha256` are those of the
    archive.
    """

    course: CourseId
    title: str
    student: str
    workspaces: int
    bytes: int
    rows: Mapping[str, int] = field(default_factory=dict)
    was_here: bool = False
    stayed: int = 0
    damage: tuple[Damage, ...] = ()
    options: ArchiveOptions
    certificate: Certificate | None
    sha256: str


def restore(
    path: Path,
    library: Library,
    meter: Meter,
    passphrase: str | None = None,
    *,
    student: str = "",
    only_look: bool = False,
    now: datetime | None = None,
) -> Restored:
    """Restore the archive at `path`, once it was read back; `only_look`: say what would come.

    The library notes that the course has changed `now` (None: the system's clock says when).

    Raises `NotFound`, `BadSource`, `BadOptions` for the passphrase, `Damaged`, `NoRoom`, `NoAccess`, `Cancelled`; then
    the library is as it was.
    """
    found = verify(path, meter, passphrase)
    try:
        with open_bag(path, passphrase) as bag, library.taking(now or datetime.now(UTC), meter) as taking:
            return _Restoring(bag, taking, found, student, meter).run(only_look=only_look)
    except KeyError as error:
        raise Damaged(f"{path.name} lacks a file that it should have.", _ANOTHER_COPY, details=str(error)) from error
    except OSError as error:
        raise from_os_error(error, f"reading {path.name}") from error


def certificate_in(path: Path, passphrase: str | None) -> Certificate:
    """The certificate within an archive: nothing else is read. Raises as `open_bag` does, and `NoAccess`."""
    try:
        if path.is_dir():  # which may be a whole disk: its files are not even listed
            return read_certificate((path / CERTIFICATE_JSON).read_bytes(), CERTIFICATE_JSON)
        with open_bag(path, passphrase) as bag:
            return read_certificate(bag.read(CERTIFICATE_JSON), CERTIFICATE_JSON)
    except (KeyError, FileNotFoundError) as error:
        raise BadSource(f"{printable(path.name)} is no archive of this program.", "Choose an archive.") from error
    except OSError as error:
        raise from_os_error(error, f"reading {printable(path.name)}") from error


class _Restoring:
    """One restoration."""

    def __init__(self, bag: BagFiles, taking: ArchiveTaking, found: Verified, student: str, meter: Meter) -> None:
        self._bag, self._taking, self._meter, self._student = bag, taking, meter, student
        self._damage = tuple(found.damage)
        self._refuse_damage((LIBRARY, _MANIFEST))
        self._hashes = bags.read_bag_manifest(bag.read(_MANIFEST).decode(), _MANIFEST)
        about = _about(self._content(ABOUT))
        self._course, self._title, self._schema = CourseId(about["course"]), str(about["title"]), about["schema"]
        self._options = fitting(ArchiveOptions, dict(about.get("options") or {}))
        self._certificate, self._sha256 = found.certificate, found.sha256
        self._name = _name_of(found.certificate, student) if student else ""

    def _refuse_damage(self, needed: tuple[str, ...]) -> None:
        """Raises `Damaged` where something is damaged that lies in one of these."""
        for damage in self._damage:
            if damage.path.startswith(needed):
                whose = f" ({printable(damage.who)})" if damage.who else ""
                raise Damaged(
                    f"{printable(damage.path)}{whose} in the archive is damaged: {printable(damage.why)}.",
                    "Use another copy of it, or restore other students one by one.",
                )

    def _content(self, name: str) -> bytes:
        """A file of the library's folder, as the manifest has it."""
        path = f"{LIBRARY}{name}"
        data = self._bag.read(path)
        if hashlib.sha256(data).hexdigest() != self._hashes.get(path):
            raise Damaged(f"{path} in the archive is damaged.", _ANOTHER_COPY)
        return data

    def _objects(self, name: str) -> Iterator[dict[str, Any]]:
        for line in io.BytesIO(self._content(name)):
            if not isinstance(found := parse_json(line, name), dict):
                raise MalformedFile(name, 0, "a line of it is no object.", _ANOTHER_COPY)
            yield found

    def run(self, *, only_look: bool) -> Restored:
        """Take in what is wanted."""
        is_here = self._taking.is_here(self._course)
        if is_here and not self._student:
            return self._already_here()
        packages = self._packages()
        self._refuse_damage(tuple(f"{package.place.folder}/" for package in packages))
        size = sum(package.content for package in packages if not self._taking.has(package.sha256))
        names = self._foreseen(packages) if only_look else self._take_packages(packages)
        rows = {table: self._taking.add(table, self._rows(table, names)) for table in TABLES}
        if not rows["courses"] or (self._student and not rows["students"]):
            raise NotFound(f"The archive has no student {self._student}.", "See the ids in its list of students.")
        taken = self._taking.finish(only_look=only_look)
        is_news = any(taken.values()) or self._taking.stayed
        return self._restored(taken, size) if is_news else self._restored({}, was_here=True)

    def _already_here(self) -> Restored:
        if not self._taking.is_same(self._course, self._lines):
            raise BadSource(
                f"The library has the course {printable(self._title)} already, and it is not as in the archive.",
                "Restore a single student, or delete the course first.",
            )
        return self._restored({}, was_here=True)

    def _lines(self, table: str) -> Iterator[str]:
        """The rows of a table, as the library would write them now."""
        if self._schema == HEAD:
            return self._stored_lines(table)
        return map(line_of, rows_from(table, self._stored_lines(table), self._course, f"{table}.jsonl"))

    def _stored_lines(self, table: str) -> Iterator[str]:
        name = f"{table}.jsonl"
        if f"{LIBRARY}{name}" in self._hashes:  # an older archive lacks those that came later
            yield from io.TextIOWrapper(io.BytesIO(self._content(name)), encoding="utf-8", newline="\n")

    def _restored(self, rows: Mapping[str, int], size: int = 0, *, was_here: bool = False) -> Restored:
        return Restored(
            course=self._course,
            title=self._title,
            student=self._name,
            workspaces=rows.get("workspaces", 0),
            bytes=size,
            rows=rows,
            was_here=was_here,
            stayed=self._taking.stayed,
            damage=self._damage,
            options=self._options,
            certificate=self._certificate,
            sha256=self._sha256,
        )

    def _packages(self) -> list[Wanted]:
        """The packages that are wanted, as they lie in the archive."""
        places: dict[str, Place] = {}
        for line in self._objects(PLACES):
            place = place_of(line)
            if place is None:
                raise MalformedFile(PLACES, 0, "a line of it names no place.", _ANOTHER_COPY)
            if not self._student or place.student in ("", self._student):
                places.setdefault(place.package, place)
        lines = ((line, places.get(str(line.get("sha256")))) for line in self._objects(PACKAGES))
        return [wanted(line, place, self._hashes, PACKAGES) for line, place in lines if place]

    def _foreseen(self, packages: list[Wanted]) -> dict[str, str]:
        for package in packages:
            self._taking.foresee(packed_as(list(package.files), package.sha256, package.size))
        return {package.sha256: package.sha256 for package in packages}

    def _take_packages(self, packages: list[Wanted]) -> dict[str, str]:
        """Make them again; what each is called now, by what it was called when it was archived."""
        self._meter.stage("Restoring", sum(package.size for package in packages))
        remaking, names = Remaking(self._bag, self._meter), {}
        with ExitStack() as keep:
            made = ahead(self._written, self._made(remaking, packages))
            keep.callback(made.close)
            for package, draft, packed in made:
                self._taking.adopt(draft, packed)
                names[package.sha256] = packed.sha256
        return names

    def _made(
        self, remaking: Remaking, packages: list[Wanted]
    ) -> Iterator[tuple[Wanted, bytes | tuple[PackageDraft, Packed]]]:
        """Each package in memory, or written already."""
        for package in packages:
            yield package, remaking.in_memory(package) or self._large(remaking, package)

    def _large(self, remaking: Remaking, package: Wanted) -> tuple[PackageDraft, Packed]:
        draft = self._taking.new_draft()
        try:
            packed = remaking.write(package, draft.file)
            draft.close()
        except BaseException:
            draft.discard()
            raise
        return draft, packed

    def _written(self, made: tuple[Wanted, bytes | tuple[PackageDraft, Packed]]) -> tuple[Wanted, PackageDraft, Packed]:
        """Bring one to the disk."""
        package, content = made
        if not isinstance(content, bytes):
            return package, *content
        draft = self._taking.new_draft()
        draft.file.write(content)
        draft.close()
        return package, draft, packed_as(list(package.files), package.sha256, len(content))

    def _rows(self, table: str, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """The rows of a table that are wanted, with the names that packages have now."""
        if self._student and table in _OF_ALL:
            return
        whose, name = person_column(table), f"{table}.jsonl"
        for row in rows_from(table, self._stored_lines(table), self._course, name):
            if self._student and whose and row[whose] != self._student:
                continue
            if table in OF_PACKAGES:
                if row["package"] not in names:
                    raise MalformedFile(name, 0, "it names files that are not in the archive.", _ANOTHER_COPY)
                row["package"] = names[row["package"]]
            yield row


def _about(data: bytes) -> dict[str, Any]:
    """What an archive says of itself. Raises `BadSource`."""
    about = parse_json(data, ABOUT)
    if not isinstance(about, dict) or about.get("format") != FORMAT or not isinstance(about.get("course"), str):
        raise BadSource("It is no archive of a course.", "Choose an archive that this program made.")
    version, schema = about.get("version"), about.get("schema")
    if version != VERSION or not isinstance(schema, str) or not schema.isdecimal() or int(schema) > int(HEAD):
        raise BadSource(
            "The archive was written by a newer version of the program.", "Install that version to restore it."
        )
    return about | {"title": about.get("title", "")}


def _name_of(certificate: Certificate | None, student: str) -> str:
    names: Iterable[str] = (one.name for one in certificate.students if one.id == student) if certificate else ()
    return next(iter(names), student)
