"""Fetches the newest files of one branch or tag of a public git repository, and packs them into an ordinary zip.

A zip, and no folder: files never lie on the disk under names that a stranger chose, so case twins, links and a folder
`.git` can do nothing, and what reads downloads reads this too. Nothing of git's own machinery runs: no checkout, hook,
filter or configuration. Submodules are not fetched, nor what lies in Git LFS; both are named.
"""

from __future__ import annotations

import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from dulwich.errors import FileFormatException
from dulwich.objects import Commit, Tag, parse_tree

from exportmanager.core.errors import BadSource, HostileArchive, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.trees import EntryKind, Findings, Limits, TreeEntry
from exportmanager.formats.counting import Counter
from exportmanager.formats.packing import Packed, pack
from exportmanager.formats.untrusted import (
    DAMAGE,
    LINK_LIMIT,
    checked,
    damaged,
    printable,
    readable,
    safe_path,
)
from exportmanager.sources.git_address import AS_FILES, GitAddress, checked_address
from exportmanager.sources.git_choice import Asked, Sent
from exportmanager.sources.git_https import download
from exportmanager.sources.git_line import GitLimits
from exportmanager.sources.git_pack import GitObjects, Kind, Stored, unpacked

__all__ = ["Fetched", "GitAddress", "GitLimits", "checked_address", "commit_of", "fetch", "refusal"]

SUBMODULE = 0o160000
LFS = b"version https://git-lfs.github.com/spec/v1\n"
LFS_BYTES = 1_024  # a pointer is smaller: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_TAGS_DEEP = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched. `ref` is the branch or tag, also of the default branch ("" where that has no name).

    `files` counts files and links in the zip. `submodules` and `lfs` are paths; `gaps` name them, and what else is not
    in the zip, or not as it was.
    """

    address: GitAddress
    ref: str
    commit: str
    committed_at: datetime
    files: int
    submodules: tuple[str, ...]
    lfs: tuple[str, ...]
    gaps: tuple[Gap, ...]


def fetch(
    address: str,
    *,
    ref: str = "",
    into: Path,
    meter: Meter,
    limits: GitLimits = GitLimits(),  # noqa: B008  # it is frozen
    ca_certs: Path | None = None,
) -> Fetched:
    """Fetch the branch or tag `ref` ("": the default branch) of the repository at `address` into the new zip `into`.

    `ca_certs` is a file with authorities to trust instead of the system's; the server may then be in this network.
    Where it fails or is stopped, nothing is left. Raises `BadSource`, `NoRoom`, `NoAccess`.
    """
    asked = checked_address(address, inside=ca_certs is not None)
    try:
        with into.open("xb") as out:
            try:
                return _fetched(asked, ref, out, meter, limits, ca_certs)
            except BaseException:
                out.close()
                into.unlink()
                raise
    except OSError as error:
        raise from_os_error(error, "fetching the repository") from error


def _fetched(
    address: GitAddress, ref: str, out: BinaryIO, meter: Meter, limits: GitLimits, ca_certs: Path | None
) -> Fetched:
    folder = Path(out.name).parent
    with tempfile.TemporaryFile(dir=folder) as sent_pack, tempfile.TemporaryFile(dir=folder) as plain:
        sent = download(address, Asked(ref), sent_pack, meter, limits, ca_certs)
        try:
            return _packed(address, sent, unpacked(sent_pack, plain, _limits(limits), meter), out, meter, limits)
        except HostileArchive as problem:
            raise refusal(address, problem) from problem


def refusal(address: GitAddress, problem: HostileArchive) -> BadSource:
    """Why a repository was not taken in."""
    return BadSource(
        f"The repository {address.name} was not taken in: {problem.what[:1].lower()}{problem.what[1:]}",
        AS_FILES,
        details=printable(problem.details, 500),
    )


def _limits(limits: GitLimits) -> Limits:
    return Limits(limits.files, limits.bytes)


def _packed(
    address: GitAddress, sent: Sent, objects: GitObjects, out: BinaryIO, meter: Meter, limits: GitLimits
) -> Fetched:
    commit = commit_of(objects, sent.id)
    committed_at = _moment(commit)
    tree = GitTree(objects, commit.tree, int(committed_at.timestamp()), _limits(limits))
    meter.stage("Packing the repository's files")
    findings = Findings(check=lambda: meter.advance(0))
    packed: Packed = pack(tree, out, findings, findings.check)
    if not packed.files:
        raise BadSource(f"The repository {address.name} holds no files.", "Check the address and the branch.")
    return Fetched(
        address=address,
        ref=sent.ref,
        commit=commit.id.decode("ascii"),
        committed_at=committed_at,
        files=len(packed.files),
        submodules=tuple(tree.submodules),
        lfs=tuple(tree.lfs),
        gaps=tuple(findings.gaps),
    )


def commit_of(objects: GitObjects, id: bytes) -> Commit:
    """The commit `id`, or the one that the tag `id` stands for. Raises `HostileArchive`."""
    try:
        for _ in range(_TAGS_DEEP):
            stored = objects.get(id, Kind.COMMIT, Kind.TAG)
            raw = objects.read(stored)
            if stored.kind is Kind.COMMIT:
                return Commit.from_string(raw)
            id = Tag.from_string(raw).object[1]
    except (*DAMAGE, FileFormatException) as error:
        raise damaged(error) from error
    raise HostileArchive("It holds a tag of a tag of a tag, and so on.")


def _moment(commit: Commit) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=commit.commit_time)
    except (*DAMAGE, FileFormatException) as error:
        raise damaged(error) from error


class GitTree:
    """The files of a commit, as a `core.trees.Tree`. `submodules` and `lfs` are paths, known once it was read."""

    def __init__(self, objects: GitObjects, root: bytes, modified: int, limits: Limits) -> None:
        self._objects, self._root, self._modified, self._limits = objects, root, modified, limits
        self.submodules: list[str] = []
        self.lfs: list[str] = []

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path, with the time of the commit. Raises `HostileArchive`."""
        self.submodules, self.lfs = [], []
        counter = Counter(self._limits)
        try:
            folders = Counter(self._limits)  # those that paths imply are among what was counted already
            yield from checked(self._found(findings, counter), findings, folders)
        except (*DAMAGE, FileFormatException) as error:
            raise damaged(error) from error

    def _found(self, findings: Findings, counter: Counter) -> Iterator[TreeEntry]:
        todo = [("", self._root)]
        while todo:
            folder, id = todo.pop()
            listed = list(parse_tree(self._objects.read(self._objects.get(id, Kind.TREE)), sha_len=20))
            if folder and not listed:
                yield TreeEntry(path=readable(folder, findings), kind=EntryKind.FOLDER, modified=self._modified)
            for name, mode, inner in listed:
                findings.check()
                path = _path(folder, name)
                counter.entry(path)
                if _is_git_folder(name):
                    findings.left_out(printable(path), "its name would configure git wherever it is unpacked")
                elif stat.S_ISDIR(mode):
                    todo.append((path, inner))
                elif entry := self._entry(readable(path, findings), mode, inner, findings, counter):
                    yield entry

    def _entry(self, path: str, mode: int, id: bytes, findings: Findings, counter: Counter) -> TreeEntry | None:
        if stat.S_IFMT(mode) == SUBMODULE:
            self.submodules.append(path)
            findings.left_out(printable(path), "it is a submodule, another repository; add that one by its own address")
            return None
        stored = self._objects.get(id, Kind.BLOB)
        if stat.S_ISLNK(mode):
            return self._link(path, stored, findings)
        if not stat.S_ISREG(mode):
            findings.left_out(printable(path), "it is of a kind that git does not have")
            return None
        counter.add(stored.size)
        if stored.size < LFS_BYTES and self._objects.read(stored).startswith(LFS):
            self.lfs.append(path)
            findings.left_out(
                printable(path), "it lies in Git LFS, which is not fetched; only the pointer to it is there"
            )
        return TreeEntry(
            path=path,
            size=stored.size,
            mode=0o755 if mode & 0o100 else 0o644,
            modified=self._modified,
            open=partial(self._objects.open, stored),
        )

    def _link(self, path: str, stored: Stored, findings: Findings) -> TreeEntry | None:
        if stored.size > LINK_LIMIT:
            findings.left_out(f"link {printable(path)}", "its target is longer than any system allows")
            return None
        target = self._objects.read(stored).decode("utf-8", "surrogateescape")
        return TreeEntry(path=path, kind=EntryKind.LINK, link=target, modified=self._modified)


def _path(folder: str, name: bytes) -> str:
    """The path of `name` in `folder`. Raises `HostileArchive` for a name that leads elsewhere."""
    part = name.decode("utf-8", "surrogateescape")
    path = f"{folder}/{part}" if folder else part
    if "/" in part or safe_path(path) != path:
        raise HostileArchive(f"It holds a name that git does not allow ({printable(part)}).")
    return path


def _is_git_folder(name: bytes) -> bool:
    """Whether some system takes a name for `.git`: they ignore case, unseen letters, ends, and what follows a colon."""
    seen = "".join(c for c in name.decode("utf-8", "replace") if unicodedata.category(c) != "Cf").casefold()
    return any(piece.partition(":")[0].rstrip(". ") in {".git", "git~1"} for piece in seen.split("\\"))
