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
    "\ud800-\udfff]"  # halves of a pair: not writable as UTF-8
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
    return (
        name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    )


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
        reasons.append("characters that Windows forbids")
    trimmed = cleaned.rstrip(". ")
    if trimmed != cleaned:
        reasons.append("ends with a dot or space")
        trimmed += "_"
    if _is_reserved(trimmed):
        reasons.append("a name that Windows keeps for itself")
        trimmed = f"_{trimmed}"
    short = _cut(trimmed, _PART_LIMIT)
    if short != trimmed:
        reasons.append("longer than 255 bytes")
    return short, "; ".join(reasons)


def _is_reserved(name: str) -> bool:
    return _RESERVED.fullmatch(name.split(".", 1)[0].rstrip(" ")) is not None


def _split_suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and len(suffix) < _SUFFIX_LIMIT else (name, "")


def _cut(name: str, limit: int, tail: str = "") -> str:
    """`name` with `tail` before its suffix, cut in the stem until it fits `limit` bytes and UTF-16 units."""
    stem, suffix = _split_suffix(name)
    while stem and (len(f"{stem}{tail}{suffix}".encode()) > limit or utf16_units(f"{stem}{tail}{suffix}") > limit):
        stem = stem[:-1]
    return f"{stem}{tail}{suffix}"


def _taken(name: str, used: set[str]) -> bool:
    return folded(name) in used


def _unused(name: str, used: set[str]) -> str:
    number, unique = 1, name
    while _taken(unique, used):
        number += 1
        unique = _cut(name, _PART_LIMIT, f"~{number}")
    used.add(folded(unique))
    return unique


def unique_parts(untrusted: Iterable[str]) -> list[str]:
    """A portable name for each, in their order, no two alike when case and composition are ignored."""
    used: set[str] = set()
    return [_unused(portable_part(name)[0], used) for name in untrusted]


class _Folder:
    """A folder on the way: what its children are called, and its sub-folders."""

    __slots__ = ("children", "folders")

    def __init__(self) -> None:
        self.children: dict[tuple[str, bool], tuple[str, str]] = {}
        self.folders: dict[str, _Folder] = {}

    def name_children(self) -> None:
        """Decide all names: those that are fine as they are come first, so that no other takes theirs."""
        used: set[str] = set()
        cleaned = {key: portable_part(key[0]) for key in self.children}
        for key in sorted(cleaned, key=lambda key: cleaned[key][1] != ""):
            name, why = cleaned[key]
            unique = _unused(name, used)
            if unique != name:
                why = "; ".join(filter(None, [why, "another name differs only in case or composition"]))
            self.children[key] = (unique, why)
        for folder in self.folders.values():
            folder.name_children()


def _tree(paths: list[str]) -> _Folder:
    root = _Folder()
    for path in paths:
        *parents, name = path.split("/")
        folder = root
        for part in parents:
            folder.children.setdefault((part, True), ("", ""))
            folder = folder.folders.setdefault(part, _Folder())
        folder.children.setdefault((name, False), ("", ""))
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

    No two results are alike when case and composition are ignored; none is longer than `budget` UTF-16 units: what would
    be goes into the folder `LONG_PATHS` under a number. The same paths in the same order give the same names.
    """
    paths = list(untrusted)
    root = _tree(paths)
    root.children.setdefault((LONG_PATHS, True), ("", ""))
    root.name_children()
    long_folder = root.children[LONG_PATHS, True][0]
    result, changes = [], []
    long_count = 0
    for path in paths:
        now, why = _named(root, path)
        if utf16_units(now) > budget:
            long_count += 1
            room = max(24, budget - len(long_folder) - 8)
            now = f"{long_folder}/{long_count:04}-{_cut(now.rpartition('/')[2], min(room, 100))}"
            why = "; ".join(filter(None, [why, "the path is too long for Windows"]))
        if now != path:
            changes.append(NameChange(path, now, why))
        result.append(now)
    return result, changes


def is_portable(paths: Iterable[str]) -> bool:
    """Whether every path can stay as it is on every system, whatever its length."""
    return not portable_paths(paths, budget=1 << 30)[1]
