"""Reads an archive back from the disk, every byte of it, whoever made the bag: no library is needed."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from exportmanager.archive.accounts import Account
from exportmanager.archive.bag_files import ALGORITHMS, BagFiles, FileRead, open_bag
from exportmanager.archive.certificate import beside, read_beside, read_certificate
from exportmanager.archive.decrypting import is_encrypted
from exportmanager.archive.names import CERTIFICATE_JSON, PACKAGES
from exportmanager.archive.places import Places
from exportmanager.archive.remaking import WHOLE, Remaking, wanted
from exportmanager.core.archive import Certificate, Damage, Verified
from exportmanager.core.errors import BadOptions, BadSource, Damaged, NotFound, ProblemForTeacher, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.formats import bags
from exportmanager.formats.files import file_sha256, forget_file, is_folder, is_there
from exportmanager.formats.zip_back import Inflate, strictly

_SHA256_MANIFEST = bags.MANIFEST.format(algorithm="sha256")
_SHA256_TAGS = bags.TAG_MANIFEST.format(algorithm="sha256")
_TAG_MANIFESTS = {bags.TAG_MANIFEST.format(algorithm=name) for name in ALGORITHMS}
_OXUM = "Payload-Oxum"
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
_SAME_CONTENT = "every file in it can still be read as it was"
_NOT_AS_MADE = "it is not the file that was made: some of its bytes were changed"
_NO_HASHES = "this list of hashes cannot be read, so that not all files could be checked"
_NOT_OPENED = "it is not the file that was made, and cannot be opened as an archive any more"
_NOT_DECRYPTED = "it is not the file that was made; what is in it was not read, since it could not be decrypted"


def verify(
    path: Path, meter: Meter, passphrase: str | None = None, *, recorded: str = "", inflate: Inflate = strictly
) -> Verified:
    """Read the archive at `path` back, a zip (encrypted or not) or a folder, and name all that is not as it was.

    `recorded` is the SHA-256 that it should have, if that is known; the certificate beside it may know it too. Raises
    `NotFound`, `BadSource` for what is no archive, `BadOptions` for the passphrase, `NoAccess`, `Cancelled`.
    """
    known = read_beside(path)
    try:
        recorded = recorded or (known.sha256 if known else "")
        if path.is_file():
            forget_file(path)  # a folder's files are forgotten one by one
        found = _verified(path, meter, open_bag(path, passphrase, inflate), known, recorded)
        if not is_there(path):  # what could not be read is not damaged: its disk was taken away
            raise FileNotFoundError(path)
    except FileNotFoundError as error:
        raise NotFound(f"{path} is not there any more.", "Connect its disk, or choose where it is now.") from error
    except OSError as error:
        raise from_os_error(error, f"reading {path.name}") from error
    return found


def _verified(
    path: Path, meter: Meter, bag_there: AbstractContextManager[BagFiles], known: Certificate | None, recorded: str
) -> Verified:
    """The same; `known` is the certificate beside it. Raises `OSError` besides."""
    try:
        with bag_there as bag:
            return _Check(path, bag, known, recorded).run(meter)
    except (BadSource, BadOptions, Damaged) as problem:
        if not recorded or is_folder(path) or _is_as_recorded(path, recorded, meter):
            raise
        why = _NOT_DECRYPTED if isinstance(problem, BadOptions) else _NOT_OPENED
        return Verified(known, 0, 0, "", (Damage("", "", why),))


def _is_as_recorded(path: Path, recorded: str, meter: Meter) -> bool:
    meter.stage("Verifying", path.stat().st_size)
    return file_sha256(path, meter.advance) == recorded


def _reason(error: ProblemForTeacher | OSError) -> str:
    """Why a file of the bag cannot be read, as the rest of a sentence."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return error.what.rstrip(".")


@dataclass(slots=True)
class _Manifest:
    """A list of hashes; what is `left` of it in the end is missing."""

    name: str
    hashes: dict[str, str]
    is_readable: bool = True
    left: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.left = set(self.hashes)


class _Check:
    """One reading of a bag."""

    def __init__(self, path: Path, bag: BagFiles, beside: Certificate | None, recorded: str) -> None:
        self._path, self._bag, self._beside, self._recorded = path, bag, beside, recorded
        self._damage: dict[tuple[str, str], Damage] = {}
        self._names = set(bag.names())
        self._payload = self._manifests(bags.MANIFEST)
        self._tags = self._manifests(bags.TAG_MANIFEST)
        if not self._payload and bags.DECLARATION_NAME not in self._names and beside is None:
            raise BadSource(f"{path.name} is no archive: it has no list of its files.", "Choose an archive.")
        self._within = self._certificate_within()
        self._places = Places(bag, self._within or beside)
        self._by_folder: Counter[str] = Counter()
        self._files = self._bytes = self._payload_files = self._payload_bytes = 0

    def run(self, meter: Meter) -> Verified:
        """Read everything."""
        algorithms = sorted(self._payload.keys() | self._tags.keys())
        meter.stage("Verifying", self._bag.total)
        for seen in self._bag.read_back(algorithms, meter.advance):
            self._look(seen, algorithms)
        for manifest in (*self._payload.values(), *self._tags.values()):
            for path in sorted(manifest.left):
                self._add(path, "it is missing")
        self._sums()
        sha256 = self._bag.sha256 or self._sha256_of(_SHA256_TAGS)
        self._certificates(sha256)
        meter.finish()
        return Verified(self._certificate, self._files, self._bytes, sha256, (*self._damage.values(),))

    def _add(self, path: str, why: str, who: str | None = None) -> None:
        """One thing that is wrong with a file: what else is wrong with it comes of that."""
        found = Damage(path, self._places.who(path) if who is None else who, why)
        self._damage.setdefault((found.path, "" if found.path else found.who + found.why), found)

    def _manifests(self, pattern: str) -> dict[str, _Manifest]:
        """The lists of hashes that are there, by algorithm."""
        return {
            algorithm: self._manifest(name)
            for algorithm in ALGORITHMS
            if (name := pattern.format(algorithm=algorithm)) in self._names
        }

    def _manifest(self, name: str) -> _Manifest:
        try:
            text = self._bag.read(name).decode()
            hashes = bags.read_bag_manifest(text, name)
        except (Damaged, UnicodeDecodeError, OSError):
            self._damage[name, ""] = Damage(name, "", _NO_HASHES)
            return _Manifest(name, {}, is_readable=False)
        if self._is_ours and text != bags.manifest_text(hashes):
            self._damage[name, ""] = Damage(name, "", _NOT_AS_MADE)
        return _Manifest(name, hashes)

    @property
    def _is_ours(self) -> bool:
        return CERTIFICATE_JSON in self._names or self._beside is not None

    def _certificate_within(self) -> Certificate | None:
        try:
            return read_certificate(self._bag.read(CERTIFICATE_JSON), CERTIFICATE_JSON)
        except KeyError:
            return None
        except (ProblemForTeacher, OSError) as error:
            self._damage[CERTIFICATE_JSON, ""] = Damage(CERTIFICATE_JSON, "", f"it cannot be read: {_reason(error)}")
            return None

    def _look(self, seen: FileRead, algorithms: list[str]) -> None:
        """What is wrong with a file."""
        if seen.why:
            self._add(seen.path, seen.why)
        if not seen.path:
            return
        is_payload = seen.path.startswith(bags.PAYLOAD)
        self._files, self._bytes = self._files + 1, self._bytes + seen.size
        if is_payload:
            self._payload_files, self._payload_bytes = self._payload_files + 1, self._payload_bytes + seen.size
        manifests = self._payload if is_payload else self._tags
        for algorithm, manifest in manifests.items():
            expected = manifest.hashes.get(seen.path)
            manifest.left.discard(seen.path)
            if expected is None and manifest.is_readable:
                self._unlisted(seen.path, is_payload)
            elif expected and seen.digests and seen.digests[algorithms.index(algorithm)] != expected:
                self._add(seen.path, "its content was changed")
        if is_payload:
            self._entry(seen)

    def _unlisted(self, path: str, is_payload: bool) -> None:
        if is_payload or (self._is_ours and path not in _TAG_MANIFESTS):
            litter = " (the system makes such files; remove it)" if path.rpartition("/")[2] in _LITTER else ""
            self._add(path, f"it was added: no list of the archive names it{litter}")

    def _entry(self, seen: FileRead) -> None:
        """Count a file of a workspace; its entry in a zip has to be as it was in its package."""
        place = self._places.of(seen.path)
        if place is None:
            return
        self._by_folder[place.folder] += 1
        expected = self._places.facts(place, seen.path) if seen.facts else None
        if expected and expected != seen.facts:
            self._add(seen.path, "its time, permissions or compression were changed")

    def _sums(self) -> None:
        """What the bag says of itself."""
        try:
            declared = bags.read_info(self._bag.read(bags.INFO).decode())
        except (KeyError, UnicodeDecodeError, Damaged, OSError):  # its hash says so, where it has one
            declared = {}
        oxum = f"{self._payload_bytes}.{self._payload_files}"
        if declared.get(_OXUM, oxum) != oxum and not self._damage:  # what is damaged changes its sums
            self._add(bags.INFO, f"it says {declared[_OXUM]} (bytes, files), and there are {oxum}")
        if bags.DECLARATION_NAME not in self._names:
            self._add(bags.DECLARATION_NAME, "it is missing")
        if not self._payload:
            self._add(_SHA256_MANIFEST, "it is missing")
        if self._is_ours and _SHA256_TAGS not in self._names:
            self._add(_SHA256_TAGS, "it is missing")

    def _sha256_of(self, name: str) -> str:
        try:
            return hashlib.sha256(self._bag.read(name)).hexdigest()
        except (KeyError, Damaged, OSError):
            return ""

    def _certificates(self, sha256: str) -> None:
        """The certificates against the archive, and against each other."""
        if self._within and self._within.payload_sha256 != self._sha256_of(_SHA256_MANIFEST):
            self._add(_SHA256_MANIFEST, "it is not the list that the certificate was made for")
        if certificate := self._within or self._beside:
            for found in Account(certificate, self._places, self._by_folder).damage(self._bag):
                self._add(found.path, found.why, found.who)
        if why := self._wrong_beside():
            self._add(beside(self._path)[0].name, why, "")
        if self._beside and self._within and self._beside.payload_sha256 != self._within.payload_sha256:
            self._add("", "the certificate beside it is that of another archive")
        elif self._recorded and sha256 != self._recorded and not self._damage:
            self._packed_otherwise()

    def _wrong_beside(self) -> str:
        """What is wrong with the certificate beside it, which says what the one within says, and a little more."""
        if self._beside is None:
            return "it cannot be read" if is_there(beside(self._path)[0]) else ""
        if self._within is None or self._within.payload_sha256 != self._beside.payload_sha256:
            return ""  # that is said otherwise
        is_hidden = self._path.is_file() and is_encrypted(self._path)
        shown = self._within.without_people() if is_hidden else self._within
        more = {name: getattr(self._beside, name) for name in ("sha256", "place", "accepted")}
        is_so = shown.model_copy(update=more) == self._beside and {*self._beside.accepted} <= {*self._within.gaps}
        return "" if is_so else "it does not say what the certificate in the archive says"

    def _packed_otherwise(self) -> None:
        """Compressed data can say the same in other bytes: which workspaces are not as they were packed?"""
        remaking = Remaking(self._bag, Meter())
        hashes = self._payload["sha256"].hashes if "sha256" in self._payload else {}
        for place in self._places.by_folder.values():
            try:
                package = wanted(self._places.package(place), place, hashes, PACKAGES)
                is_as_packed = package.size > WHOLE or remaking.in_memory(package) is not None
            except (ProblemForTeacher, KeyError):
                is_as_packed = False
            if not is_as_packed:
                self._add(place.folder, f"its compressed bytes were changed, though {_SAME_CONTENT}")
        if not self._damage:
            self._add("", f"{_NOT_AS_MADE}, though {_SAME_CONTENT}")

    @property
    def _certificate(self) -> Certificate | None:
        """The one within, with what was accepted since."""
        if self._within is None or self._beside is None:
            return self._within or self._beside
        if self._beside.payload_sha256 != self._within.payload_sha256:
            return self._within
        since = {name: getattr(self._beside, name) for name in ("sha256", "place", "accepted")}
        return self._within.model_copy(update=since)
