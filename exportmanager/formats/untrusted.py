"""What all readers of a stranger's files share: rules for names and links, and what damage and refusals are called."""

from __future__ import annotations

import gzip
import os
import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import Protocol, TypeVar

import zstandard

from exportmanager.core.errors import HostileArchive
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.counting import Counter

PIECE = 1 << 20
LINK_LIMIT = 4095
"""Bytes of a link's target: no system holds a longer one."""
_PATH_LIMIT = 4096
_DEPTH_LIMIT = 200
_MAX_STEPS = 1_000
_JOINERS = "\u200c\u200d"
"""Persian and Indic names are written with them, and emoji of several people."""
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_CLIMBING = re.compile(r"(^|[\\/])\.\.([\\/]|$)")
NOT_UTF8 = "its name was not valid UTF-8 and was read as Latin-1; the file is there"
_OUTSIDE = "it points outside the workspace"

DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    zstandard.ZstdError,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)
"""What the libraries raise, on purpose or not, when they stumble over damaged or hostile bytes."""


def damaged(error: Exception) -> HostileArchive:
    """The problem that an error of `DAMAGE` means."""
    return HostileArchive("The archive is damaged or cut off.", details=f"{type(error).__name__}: {error}")


def safe_path(untrusted: str) -> str:
    """`untrusted` as parts joined by ``/`` without ``.``. Raises `HostileArchive` where it leads out or nowhere."""
    path = plain_path(untrusted)
    if why := path_trouble(path):
        raise HostileArchive(why)
    return path


def is_safe(path: str) -> bool:
    """Whether `path` is one that `safe_path` gives back as it is."""
    try:
        return safe_path(path) == path != ""
    except HostileArchive:
        return False


def plain_path(untrusted: str) -> str:
    """The same for who looks for `path_trouble` next. Raises `HostileArchive` for what no honest program writes."""
    if "\0" in untrusted:
        raise HostileArchive(f"It holds a name with a NUL character ({printable(untrusted)}).")
    if untrusted.startswith(("/", "\\\\")) or _DRIVE.match(untrusted):
        raise HostileArchive(f"It holds an absolute path ({printable(untrusted)}).")
    parts = [part for part in untrusted.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise HostileArchive(_climbs(untrusted))
    return "/".join(parts)


def path_trouble(path: str) -> str:
    """Why a file of this plain path is not read, where a student may have made it; "" where it is."""
    if "\\" in path and _CLIMBING.search(path):  # on Linux a backslash is a letter
        return _climbs(path)
    if why := too_long(path):
        return f"It holds a file that was not read, as {why} ({printable(path)})."
    return ""


def _climbs(path: str) -> str:
    return f"It holds a path that climbs out ({printable(path)})."


def too_long(path: str) -> str:
    """Why a path is not read for its length; "" where it is."""
    if len(path) > _PATH_LIMIT:
        return f"its path has more than {_PATH_LIMIT:,} characters"
    if path.count("/") >= _DEPTH_LIMIT:
        return f"it lies more than {_DEPTH_LIMIT} folders deep"
    return ""


def printable(untrusted: str, limit: int = 120) -> str:
    """`untrusted` for a sentence: no control or format characters but joiners, not longer than `limit`."""
    seen = (c if c in _JOINERS or unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in untrusted)
    clean = "".join(islice(seen, limit))
    return clean if len(untrusted) <= limit else f"{clean[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"


def readable(raw: str, findings: Findings) -> str:
    """A path in letters that can be written; where they are not those it had, that is a finding."""
    path = latin1_path(raw)
    if path is None:
        return raw
    findings.left_out(printable(path), NOT_UTF8)
    return path


def latin1_path(raw: str) -> str | None:
    """A name that is not UTF-8 (its bytes are marked with surrogates) read as Latin-1, which holds any byte."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return _bytes_of(raw).decode("latin-1")
    return None


def _bytes_of(raw: str) -> bytes:
    try:
        return raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # Windows allows halves of a pair in names
        return raw.encode("utf-8", "surrogatepass")


def unreadable(error: OSError) -> str:
    """Why a file could not be read, for a finding."""
    if isinstance(error, PermissionError):
        return "the system gave no permission to read it"
    if isinstance(error, FileNotFoundError):
        return "it is not there any more"
    return f"it could not be read ({error.strerror or error})"


def checked(entries: Iterable[TreeEntry], findings: Findings, counter: Counter) -> list[TreeEntry]:
    """The entries sorted by path; none through a file or link, no link that leads out, and only folders that are empty.

    Raises `HostileArchive`.
    """

    def refuse(_: str, why: str) -> None:
        raise HostileArchive(why)

    return inside(list(reachable(ordered(unique(entries, refuse)), refuse, counter)), findings)


class Placed(Protocol):
    """What has a path."""

    @property
    def path(self) -> str:
        """Relative, with ``/``, and safe."""
        ...


class _Entry(Placed, Protocol):
    @property
    def kind(self) -> EntryKind: ...


_P = TypeVar("_P", bound=Placed)
_E = TypeVar("_E", bound=_Entry)


def order(path: str) -> str:
    """What to sort paths by so that a folder's content follows it: no name holds a NUL, and no letter comes before."""
    return path.replace("/", "\0")


def ordered(things: Iterable[_P]) -> list[_P]:
    """The things so that what lies in a folder stands together, behind it."""
    return sorted(things, key=lambda thing: order(thing.path))


def unique(things: Iterable[_E], refuse: Callable[[str, str], None]) -> Iterator[_E]:
    """The things, each folder once; `refuse` gets the path of every second one, and why. Raises `HostileArchive`."""
    kinds: dict[str, EntryKind] = {}
    for thing in things:
        both_folders = thing.kind is EntryKind.FOLDER and kinds.get(thing.path, EntryKind.FOLDER) is EntryKind.FOLDER
        if not thing.path and not both_folders:
            raise HostileArchive("It holds a file without a name.")
        if thing.path not in kinds:
            kinds[thing.path] = thing.kind
            if thing.path:
                yield thing
        elif not both_folders:
            refuse(thing.path, f"It holds the same name twice ({printable(thing.path)}).")


def reachable(things: Iterable[_E], refuse: Callable[[str, str], None], counter: Counter) -> Iterator[_E]:
    """The ordered things whose way leads through folders only; those that only paths name are counted."""
    here = ""
    barrier = "\0"  # no path begins so
    for thing in things:
        path = thing.path
        if path.startswith(barrier):
            refuse(path, f"It holds a path that leads through a file or link ({printable(path)}).")
            continue
        if thing.kind is not EntryKind.FOLDER:
            barrier = f"{path}/"
        if "/" in path and here.rpartition("/")[0] != path.rpartition("/")[0]:
            counter.listed(path.count("/", len(os.path.commonprefix((here, path)))))
        here = path
        yield thing


def inside(entries: list[TreeEntry], findings: Findings) -> list[TreeEntry]:
    """The ordered entries, now by path, without links that lead out and folders that hold something."""
    links = {entry.path: entry.link for entry in entries if entry.kind is EntryKind.LINK}
    if links:
        good = _links_inside(links, findings)
        entries = [entry for entry in entries if entry.kind is not EntryKind.LINK or entry.path in good]
    full = {before.path for before, entry in pairwise(entries) if entry.path.startswith(f"{before.path}/")}
    return sorted((entry for entry in entries if entry.path not in full), key=lambda entry: entry.path)


def _links_inside(links: dict[str, str], findings: Findings) -> dict[str, str]:
    """The links (targets by path) that stay inside; a finding for each other."""
    good = {}
    for path, target in links.items():
        findings.check()
        if why := _link_trouble(path, target, links):
            findings.left_out(f"link {printable(path)} to {printable(target)}", why)
        else:
            good[path] = target
    return good


def _link_trouble(path: str, target: str, links: dict[str, str]) -> str:
    """Why a link is not kept; links on its way are followed as the system would, in thought only."""
    if _leaves(target):
        return _OUTSIDE
    if len(target) > LINK_LIMIT or any(unicodedata.category(c) in {"Cc", "Cs"} for c in target):
        return "its target is not readable text"
    return _way_trouble(path.rpartition("/")[0], target, links)


def _way_trouble(here: str, target: str, links: dict[str, str]) -> str:
    """Why the way from the folder `here` to `target` does not stay inside; "" where it does."""
    todo = [target]
    for _ in range(_MAX_STEPS):
        if not todo:
            return ""
        part, _, rest = todo.pop().partition("/")
        if rest:
            todo.append(rest)
        if part == "..":
            if not here:
                return _OUTSIDE
            here = here.rpartition("/")[0]
        elif part not in {"", "."}:
            step = f"{here}/{part}" if here else part
            via = links.get(step)
            if via is None:
                here = step
            elif _leaves(via):
                return _OUTSIDE
            else:
                todo.append(via)
    return "it leads round in a circle"


def _leaves(target: str) -> bool:
    """Whether a link leads out on its face: absolute, or climbing as only Windows understands it."""
    absolute = not target or target[0] in "/\\" or _DRIVE.match(target) is not None or "\0" in target
    return absolute or ("\\" in target and _CLIMBING.search(target) is not None)
