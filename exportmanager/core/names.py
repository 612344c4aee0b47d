"""Names from outside made safe for every file system, each change kept so that it can be listed.

The rules are those of Windows (learn.microsoft.com, "Naming Files, Paths, and Namespaces"), which are the strictest, of
255 bytes a part on Linux, and of macOS, which takes composed and decomposed letters for the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

PATH_BUDGET = 200
"""UTF-16 units of a path inside an archive: Windows ends at 260, and the folder it is unpacked into needs its share."""

LONG_PATHS = "_long-paths"
"""Where files go whose path would be longer than that."""

_PART_LIMIT = 255
_SUFFIX_LIMIT = 20
_FORBIDDEN = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f'
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the order of letters round, so that a name shows as another
    "\u2028\u2029"  # they end a line, and lists of names have one on each
    "\ud800-\udfff]"  # halves of a pair: not writable as UTF-8
    "|%(?=0[AaDd]|25)"  # manifests of archives (RFC 8493) would read a line's end or a percent sign from it
)
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9\xb9\xb2\xb3])", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .\-]*[A-Za-z0-9_\-]|[A-Za-z0-9_]", re.ASCII)


@dataclass(frozen=True, slots=True)
class NameChange:
    """A path that had to be changed: `original`, what it is `now`, and `why`."""

    original: str
    now: str
    why: str


def utf16_units(text: str) -> int:
    """The length of `text` as Windows counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def folded(name: str) -> str:
    """What file systems that ignore case and composition take `name` for."""
    if name.isascii():
        return name.lower()
    # upper first: to some systems a dotless i is an I. Decomposed: marks may come out of it in another order.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).upper().casefold())


def portable_part(untrusted: str) -> tuple[str, str]:
    """A file or folder name that every system can hold, and why it had to change ("" if it did not)."""
    if len(untrusted) < 100 and _PLAIN.fullmatch(untrusted) and not _is_reserved(untrusted):  # nearly all are
        return untrusted, ""
    reasons = []
    name = unicodedata.normalize("NFC", untrusted)
    if name != untrusted:
        reasons.append("letters with marks are written in their composed form")
    cleaned = _FORBIDDEN.sub("_", name)
    if cleaned != name:
        reasons.append("characters that Windows forbids, or that mislead")
    trimmed = _trimmed(cleaned)
    if trimmed != cleaned:
        reasons.append("ends with a dot or space" if cleaned else "has no letters")
    if _is_reserved(trimmed):
        reasons.append("a name that Windows keeps for itself")
        trimmed = f"_{trimmed}"
    short = _trimmed(_cut(trimmed, _PART_LIMIT))
    if short != trimmed:
        reasons.append("longer than 255 bytes")
    return short, "; ".join(reasons)


def _trimmed(name: str) -> str:
    """`name` without the dots and spaces at its end, which Windows drops: there it would be another name."""
    kept = name.rstrip(". ")
    return name if kept == name and name else f"{kept}_"


def _is_reserved(name: str) -> bool:
    return _RESERVED.fullmatch(name.split(".", 1)[0].rstrip(" ")) is not None


def _split_suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and len(suffix) < _SUFFIX_LIMIT else (name, "")


def _fits(name: str, limit: int) -> bool:
    return len(name.encode()) <= limit and utf16_units(name) <= limit


def _cut(name: str, limit: int, tail: str = "") -> str:
    """`name` with `tail` before its suffix, cut in the stem until it fits `limit` bytes and UTF-16 units."""
    stem, suffix = _split_suffix(name)
    if not _fits(f"_{tail}{suffix}", limit):  # a suffix that leaves no room is none
        stem, suffix = name, ""
    if _fits(f"{stem}{tail}{suffix}", limit):
        return f"{stem}{tail}{suffix}"
    stem = stem[:limit]
    while stem and not _fits(f"{stem}{tail}{suffix}", limit):
        stem = stem[:-1]
    return f"{stem}{tail}{suffix}"


class _Names:
    """The names in one folder, no two alike when case and composition are ignored."""

    __slots__ = ("_numbers", "_used")

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._numbers: dict[str, int] = {}  # the last that was given: a thousand like it are not counted through again

    def take(self, name: str) -> bool:
        """Note `name`; False where it is taken."""
        key = folded(name)
        if key in self._used:
            return False
        self._used.add(key)
        return True

    def unused(self, name: str) -> str:
        """`name`, or one like it with a number that nobody has."""
        if self.take(name):
            return name
        key = folded(name)
        while True:
            self._numbers[key] = number = self._numbers.get(key, 1) + 1
            unique = _cut(name, _PART_LIMIT, f"~{number}")
            if self.take(unique):
                return unique


def unique_parts(untrusted: Iterable[str]) -> list[str]:
    """A portable name for each, in their order, no two alike when case and composition are ignored."""
    names = _Names()
    return [names.unused(portable_part(name)[0]) for name in untrusted]


class _Folder:
    """A folder on the way: what its children are called, and its sub-folders."""

    __slots__ = ("children", "folders", "names")

    def __init__(self) -> None:
        self.children: dict[tuple[str, bool], tuple[str, str]] = {}
        self.folders: dict[str, _Folder] = {}
        self.names = _Names()

    def name_children(self) -> None:
        """Decide all names: those that are fine as they are come first, so that no other takes theirs."""
        later = []
        for key in self.children:
            name, why = portable_part(key[0])
            if why or not self.names.take(name):
                later.append((key, name, why))
            else:
                self.children[key] = (name, "")
        for key, name, why in later:
            unique = self.names.unused(name)
            alike = "" if unique == name else "another name there differs at most in case or composition"
            self.children[key] = (unique, "; ".join(filter(None, [why, alike])))


def _tree(paths: list[str]) -> _Folder:
    """All folders of `paths`, with the names of their children decided."""
    root = _Folder()
    folders = [root]
    for path in paths:
        *parents, name = path.split("/")
        folder = root
        for part in parents:
            if part not in folder.folders:
                folder.children[part, True] = ("", "")
                folder.folders[part] = _Folder()
                folders.append(folder.folders[part])
            folder = folder.folders[part]
        folder.children[name, False] = ("", "")
    for folder in folders:  # not one inside the other: a hostile path may be thousands of folders deep
        folder.name_children()
    return root


def _named(root: _Folder, path: str) -> tuple[str, str]:
    *parents, last = path.split("/")
    names, reasons, folder = [], [], root
    for part in parents:
        name, why = folder.children[part, True]
        names.append(name)
        reasons.append(why)
        folder = folder.folders[part]
    name, why = folder.children[last, False]
    return "/".join([*names, name]), "; ".join(dict.fromkeys(filter(None, [*reasons, why])))


def portable_paths(untrusted: Iterable[str], budget: int = PATH_BUDGET) -> tuple[list[str], list[NameChange]]:
    """For each path (parts joined by ``/``) one that every system can hold, and the list of those that changed.

    No two results are alike when case and composition are ignored, if no two paths are the same. None is longer than
    `budget` UTF-16 units (of which there must be 40 or more): what would be goes into the folder `LONG_PATHS` under a
    number. The same paths in the same order give the same names.
    """
    paths = list(untrusted)
    root = _tree(paths)
    long_folder = root.names.unused(LONG_PATHS)  # the student may have one of that name
    result, changes = [], []
    long_count = 0
    for path in paths:
        now, why = _named(root, path)
        if utf16_units(now) > budget:
            long_count += 1
            number = f"{long_folder}/{long_count:04}-"
            room = min(max(budget - len(number), 8), 100)
            now = number + _trimmed(_cut(now.rpartition("/")[2], room))
            why = "; ".join(filter(None, [why, "the path is too long for Windows"]))
        if now != path:
            changes.append(NameChange(path, now, why))
        result.append(now)
    return result, changes


def is_portable(paths: Iterable[str]) -> bool:
    """Whether every path can stay as it is on every system, whatever its length."""
    paths = list(paths)
    return _are_plain(paths) or not portable_paths(paths, budget=1 << 30)[1]


def _are_plain(paths: list[str]) -> bool:
    """A quick yes for what nearly all workspaces hold: plain names, no two of which differ in case only."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    names = {part for path in paths for part in path.split("/")}
    if not all(len(name) < 100 and _PLAIN.fullmatch(name) and not _is_reserved(name) for name in names):
        return False
    every = {*paths, *folders}
    return len({path.lower() for path in every}) == len(every) == len(paths) + len(folders)
