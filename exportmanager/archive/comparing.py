"""Says what changed from one archive of a course to a later one, by their lists of files: nothing is unpacked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from exportmanager.archive.bag_files import BagFiles, open_bag
from exportmanager.archive.certificate import read_certificate
from exportmanager.archive.names import ABOUT, CERTIFICATE_JSON, DATA, LIBRARY
from exportmanager.archive.places import Place, Places
from exportmanager.core.archive import Certificate, Somebody
from exportmanager.core.errors import BadSource, from_os_error
from exportmanager.core.export import counted
from exportmanager.formats import bags
from exportmanager.formats.json import parse_json

_MANIFEST = bags.MANIFEST.format(algorithm="sha256")


class FilesChanged(NamedTuple):
    """Paths of files that came, are other than they were, and went."""

    added: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]


@dataclass(frozen=True, slots=True)
class WorkChanged:
    """What changed in one workspace, or, without a `student`, in an assignment's published project.

    `version` is 0 for the newest workspace, else the number of an earlier one, or of the project.
    """

    student: str
    assignment: str
    version: int
    files: FilesChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that changed. `others` are tables, documents and pages; `rows` counts those before and now, by table."""

    students_added: Sequence[Somebody]
    students_removed: Sequence[Somebody]
    assignments_added: Sequence[Somebody]
    assignments_removed: Sequence[Somebody]
    work: Sequence[WorkChanged]
    others: FilesChanged
    rows: Mapping[str, tuple[int, int]]

    @property
    def files(self) -> FilesChanged:
        """Files of workspaces and projects: all that changed, by where they lie in a workspace."""
        return FilesChanged(*([path for work in self.work for path in work.files[n]] for n in range(3)))

    def __bool__(self) -> bool:
        return bool(
            self.students_added
            or self.students_removed
            or self.assignments_added
            or self.assignments_removed
            or self.work
            or any(before != now for before, now in self.rows.values())
        )


class _Work(NamedTuple):
    """Whose files: ids, "" for a project's student; 0 for the newest version of a workspace."""

    assignment: str
    student: str
    version: int


@dataclass(slots=True)
class _Listed:
    """What an archive lists: the hash of each file by whose it is and its path there."""

    certificate: Certificate
    rows: Mapping[str, int]
    work: dict[_Work, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    others: dict[str, str] = field(default_factory=dict)


def compare(before: Path, now: Path, passphrase: str | None = None) -> Changes:
    """What changed from the archive at `before` to the one at `now`; the passphrase is that of those that have one.

    Raises `BadSource` for what is no archive of this program, `BadOptions`, `NotFound`, `NoAccess`, `Damaged`.
    """
    old, new = _listed(before, passphrase), _listed(now, passphrase)
    names = _names(old.certificate.students, new.certificate.students)
    titles = _names(old.certificate.assignments, new.certificate.assignments)
    work = []
    for key in sorted(old.work.keys() | new.work.keys()):
        files = _changed(old.work.get(key, {}), new.work.get(key, {}))
        if any(files):
            who, what = names.get(key.student, key.student), titles.get(key.assignment, key.assignment)
            work.append(WorkChanged(who, what, key.version, files))
    return Changes(
        students_added=_only_in(new.certificate.students, old.certificate.students),
        students_removed=_only_in(old.certificate.students, new.certificate.students),
        assignments_added=_only_in(new.certificate.assignments, old.certificate.assignments),
        assignments_removed=_only_in(old.certificate.assignments, new.certificate.assignments),
        work=work,
        others=_changed(old.others, new.others),
        rows={name: (old.rows.get(name, 0), new.rows.get(name, 0)) for name in sorted({*old.rows, *new.rows})},
    )


def _names(*people: Sequence[Somebody]) -> dict[str, str]:
    return {one.id: one.name for some in people for one in some}


def _only_in(these: Sequence[Somebody], those: Sequence[Somebody]) -> Sequence[Somebody]:
    known = {one.id for one in those}
    return [one for one in these if one.id not in known]


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> FilesChanged:
    return FilesChanged(
        sorted(new.keys() - old.keys()),
        sorted(path for path, digest in new.items() if old.get(path, digest) != digest),
        sorted(old.keys() - new.keys()),
    )


def _listed(path: Path, passphrase: str | None) -> _Listed:
    try:
        with open_bag(path, passphrase) as bag:
            return _listed_in(bag, path.name)
    except KeyError as missing:
        raise BadSource(f"{path.name} is no archive of this program.", "Choose an archive.") from missing
    except OSError as error:
        raise from_os_error(error, f"reading {path.name}") from error


def _listed_in(bag: BagFiles, name: str) -> _Listed:
    certificate = read_certificate(bag.read(CERTIFICATE_JSON), CERTIFICATE_JSON)
    manifest = bag.read(_MANIFEST)
    if hashlib.sha256(manifest).hexdigest() != certificate.payload_sha256:
        raise BadSource(f"{name} was changed since it was made.", "Verify it to see what changed.")
    listed = _Listed(certificate, _rows(bag))
    _sort(bags.read_bag_manifest(manifest.decode(), _MANIFEST), Places(bag, certificate), listed)
    return listed


def _rows(bag: BagFiles) -> Mapping[str, int]:
    about: Any = parse_json(bag.read(f"{LIBRARY}{ABOUT}"), ABOUT)
    rows = about.get("rows") if isinstance(about, dict) else None
    return {name: count for name, count in (rows or {}).items() if isinstance(count, int)}


def _sort(hashes: Mapping[str, str], places: Places, into: _Listed) -> None:
    """Each file to whose it is: folders may be called otherwise in another archive."""
    for path, digest in hashes.items():
        if place := places.of(path):
            into.work[_work(place)][path.removeprefix(f"{place.folder}/")] = digest
        else:
            into.others[path.removeprefix(DATA)] = digest


def _work(place: Place) -> _Work:
    return _Work(place.assignment, place.student, 0 if place.is_coursework else place.number)


def in_words(changes: Changes) -> Iterable[str]:
    """The changes as sentences: who and what came and went, then each workspace."""
    if not changes:
        yield "Nothing changed."
    for people, thing in (
        (changes.students_added, "New student"),
        (changes.students_removed, "No longer there: student"),
        (changes.assignments_added, "New assignment"),
        (changes.assignments_removed, "No longer there: assignment"),
    ):
        yield from (f"{thing} {one.name} ({one.id})" for one in people)
    for work in changes.work:
        whose = f"{work.student}, {work.assignment}" if work.student else f"Published project of {work.assignment}"
        which = f", version {work.version}" if work.version else ""
        yield f"{whose}{which}: {_files_in_words(work.files)}"
    for table, (before, now) in changes.rows.items():
        if before != now:
            yield f"{table.replace('_', ' ')}: {before:,} before, {now:,} now"


def _files_in_words(files: FilesChanged) -> str:
    """Such as "1 file added, 2 changed"."""
    counts = [(len(paths), what) for paths, what in zip(files, ("added", "changed", "removed"), strict=True) if paths]
    first, *others = counts
    return ", ".join((f"{counted(first[0], 'file')} {first[1]}", *(f"{count:,} {what}" for count, what in others)))
