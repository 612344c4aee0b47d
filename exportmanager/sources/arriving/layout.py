"""Finds the workspaces in an archive of undocumented layout: by what lies in it, and by the names of its folders.

A workspace is a folder that holds `.guides`, `.codio` or `.settings`, or an archive in the archive. The folders on the
way to it are students, assignments and modules in some order, which the names that are known decide, or else a person.
Paths of folders end with a slash here: what lies in an empty folder is an empty workspace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

MARKERS = frozenset({".guides", ".codio", ".settings"})
SUFFIXES = (".tar.zst", ".tar.gz", ".tgz", ".tzst", ".zip", ".tar")
_DEEPEST = 4
_MOSTLY = 0.5

STUDENT, ASSIGNMENT, MODULE, PROJECTS = "student", "assignment", "module", "sources"
"""What a level of folders can be; a layout is written as those of its levels, with ``/`` between them."""

_LAYOUTS: Mapping[int, Sequence[str]] = {
    1: (STUDENT, ASSIGNMENT, PROJECTS),
    2: (f"{STUDENT}/{ASSIGNMENT}", f"{ASSIGNMENT}/{STUDENT}", f"{MODULE}/{PROJECTS}"),
    3: (f"{STUDENT}/{MODULE}/{ASSIGNMENT}", f"{MODULE}/{ASSIGNMENT}/{STUDENT}", f"{MODULE}/{STUDENT}/{ASSIGNMENT}"),
}
_OF_AUTHORS = {1: PROJECTS, 2: f"{MODULE}/{PROJECTS}"}


@dataclass(frozen=True, slots=True)
class Root:
    """Where a workspace lies, and the names on the way to it, its own included."""

    path: str
    is_archive: bool
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The workspaces found in an archive; `top` is the one folder in which everything lies ("" if there is none).

    `left_over` are files that lie in none of them. `is_marked`: there is more than archives to tell workspaces by.
    """

    roots: tuple[Root, ...]
    top: str = ""
    left_over: tuple[str, ...] = ()
    is_marked: bool = False
    is_authors: bool = False

    def with_top(self) -> Shape:
        """The same workspaces with the name of the top folder before the others."""
        roots = tuple(replace(root, labels=(self.top, *root.labels)) for root in self.roots)
        return replace(self, roots=roots, top="")

    @property
    def depth(self) -> int:
        """How many names lead to each."""
        return len(self.roots[0].labels) if self.roots else 0

    def level(self, number: int) -> list[str]:
        """The different names at a level."""
        return list(dict.fromkeys(root.labels[number] for root in self.roots))


def stem(name: str) -> str:
    """A file's name without what says that it is an archive or table."""
    for suffix in (*SUFFIXES, ".csv", ".json"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def is_project(paths: Iterable[str]) -> bool:
    """Whether a guide or the platform's settings lie at the root of these files."""
    return any(path.partition("/")[0] in MARKERS for path in paths)


def top_folder(paths: Collection[str]) -> str:
    """The one folder that all of these lie in; "" if there is none."""
    first = next(iter(paths), "").partition("/")[0]
    return first if first and all(path.startswith(f"{first}/") for path in paths) else ""


def marked_roots(paths: Iterable[str]) -> set[str]:
    """The folders that hold a marker, the outermost of each nest."""
    found = set()
    for path in paths:
        parts = path.split("/")
        for at, part in enumerate(parts):
            if part in MARKERS and at:
                found.add("/".join(parts[:at]))
                break
    return found


def shape_of(paths: Collection[str], archives: Collection[str]) -> Shape | None:
    """The workspaces among these files, by markers and by archives; None where there is neither."""
    marked = marked_roots(paths)
    outer = {path for path in archives if not any(path.startswith(f"{root}/") for root in marked)}
    depths = Counter(root.count("/") for root in (*marked, *outer))
    if not depths:
        return None
    depth = depths.most_common(1)[0][0]
    if depth >= _DEEPEST:
        return None
    nearer = {root for root in marked if root.count("/") < depth}
    folders = {
        "/".join(path.split("/")[: depth + 1]) for path in paths if path.count("/") > depth and not is_in(path, nearer)
    }
    found = _shape({*folders, *(path for path in outer if path.count("/") == depth)}, archives, paths)
    return replace(found, is_marked=bool(marked))


def shape_at(depth: int, paths: Collection[str]) -> Shape:
    """All folders so many levels deep taken for workspaces."""
    return _shape({"/".join(path.split("/")[:depth]) for path in paths if path.count("/") >= depth}, (), paths)


def _shape(roots: Collection[str], archives: Collection[str], paths: Collection[str]) -> Shape:
    top = top_folder(roots) if len(roots) > 1 else ""
    found = []
    for path in sorted(roots):
        is_archive = path in archives
        labels = PurePosixPath(path.removeprefix(f"{top}/") if top else path).parts
        found.append(Root(path, is_archive, (*labels[:-1], stem(labels[-1]) if is_archive else labels[-1])))
    left_over = tuple(path for path in paths if not path.endswith("/") and not is_in(path, roots))
    return Shape(tuple(found), top, left_over, is_authors=is_authors(paths))


def is_in(path: str, roots: Collection[str]) -> bool:
    """Whether a path is one of these, or lies below one."""
    parts = path.split("/")
    return any("/".join(parts[:n]) in roots for n in range(1, len(parts) + 1))


def is_authors(paths: Iterable[str]) -> bool:
    """Whether these are an author's files: students never get what assessments are made of."""
    return any("/.guides/assessments" in f"/{path}" or "/.guides/secure/" in f"/{path}" for path in paths)


def choices(shape: Shape) -> Sequence[str]:
    """The layouts that an archive of this depth could have."""
    return _LAYOUTS.get(shape.depth, ())


def layout_of(
    shape: Shape,
    is_student: Callable[[str], bool],
    is_assignment: Callable[[str], bool],
    *,
    nobody_known: bool,
    strictly: bool = False,
) -> str:
    """The layout that the names tell; "" where they do not. `strictly`: none that only what is left over would tell."""
    students = [_share(shape.level(n), is_student) for n in range(shape.depth)]
    if shape.is_authors and max(students) < _MOSTLY and not strictly and _may_be_projects(shape):
        return _OF_AUTHORS[shape.depth]
    assignments = [_share(shape.level(n), is_assignment) for n in range(shape.depth)]
    levels = ["" for _ in students]
    for number, (s, a) in enumerate(zip(students, assignments, strict=True)):
        if max(s, a) > 0 and s != a:
            levels[number] = STUDENT if s > a else ASSIGNMENT
    if levels.count(STUDENT) > 1 or levels.count(ASSIGNMENT) > 1:
        return ""
    return _completed(levels, shape, nobody_known=nobody_known, strictly=strictly)


def _may_be_projects(shape: Shape) -> bool:
    """An assignment has one project: names that come again are those of assignments that several students worked on."""
    return shape.depth in _OF_AUTHORS and len(shape.level(shape.depth - 1)) == len(shape.roots)


def _completed(levels: list[str], shape: Shape, *, nobody_known: bool, strictly: bool) -> str:
    """The layout when what is left over can be only one thing."""
    left = [number for number, level in enumerate(levels) if not level]
    if shape.depth > 1 and len(left) == 1:
        missing = {STUDENT, ASSIGNMENT} - set(levels)
        if missing and shape.depth == 2 and not strictly:
            levels[left[0]] = missing.pop()
        elif not missing:
            levels[left[0]] = MODULE
        left = [number for number, level in enumerate(levels) if not level]
    elif shape.depth == 3 and len(left) == 2 and not nobody_known and ASSIGNMENT in levels and not strictly:
        # modules stand outside of assignments, and the platform puts students at either end
        at = levels.index(ASSIGNMENT)
        if at == 1:
            levels[0], levels[2], left = MODULE, STUDENT, []
    layout = "/".join(levels)
    return layout if not left and layout in (*choices(shape), ASSIGNMENT, STUDENT) else ""


def _share(labels: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, labels)) / len(labels) if labels else 0.0
