"""What a blueprint is and how its page is set up, in the teacher's words; what nobody knows is shown as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from exportmanager.core.course import Blueprint
from exportmanager.formats.untrusted import printable
from exportmanager.ui.words import counted, number, tr

_SHAPES = {
    "1-panel": "1 panel",
    "2-panels": "2 panels",
    "3-columns": "3 columns",
    "3-cell": "3 cells",
    "4-cell": "4 cells",
}
_SIDES = {
    "": "{shape}",
    "tree": "{shape}, file tree",
    "left": "{shape}, guide on the left",
    "guides-left": "{shape}, guide on the left",
    "tree-guides-left": "{shape}, file tree, guide on the left",
}
_TABS = {
    "terminal": "a terminal: {what}",
    "preview": "a preview: {what}",
}
_LANGUAGES = {"markdown": "Markdown", "md": "Markdown", "html": "HTML"}
_SHORT, _LONG = 40, 300
"""Letters of a name, and of a text."""
_FEW = 12
"""Files that are named."""


def layout_of(blueprint: Blueprint) -> str:
    """Its layout: "2 panels, file tree"."""
    layout = blueprint.layout.get("layout")
    if not isinstance(layout, str) or not layout.strip():
        return tr("as the page before")
    for shape, words in _SHAPES.items():
        if f"{layout}-".startswith(f"{shape}-") and (side := layout[len(shape) + 1 :]) in _SIDES:
            return tr(_SIDES[side], shape=tr(words))
    return printable(layout, _SHORT)


def page_of(blueprint: Blueprint) -> str:
    """The layout of its page, and whether only teachers see it: "2 panels, teacher only"."""
    layout = layout_of(blueprint)
    return tr("{layout}, teacher only", layout=layout) if is_teacher_only(blueprint) else layout


def length_of(blueprint: Blueprint) -> str:
    """ "412 characters"."""
    return counted(len(blueprint.content), "1 character", "%Ln characters")


def is_teacher_only(blueprint: Blueprint) -> bool:
    """Whether students do not see pages that are made of it."""
    return blueprint.layout.get("teacherOnly") is True


def settings_of(blueprint: Blueprint) -> str:
    """All that is set for its page, a line for each setting, and last what the platform may know and we do not."""
    told = {key: list(_TOLD[key](value)) for key, value in blueprint.layout.items() if key in _TOLD}
    lines = [
        tr("Layout: {layout}", layout=layout_of(blueprint)),
        *([tr("Teacher only: students do not see this page")] if is_teacher_only(blueprint) else []),
        *(line for key in _TOLD for line in told.get(key, ())),
    ]
    for key, value in blueprint.layout.items():
        if not told.get(key) and key not in {"layout", "teacherOnly"} and _says_something(value):
            lines.append(tr("{key}: {value}", key=printable(key, _SHORT), value=_as_it_is(value)))
    return "\n".join(lines)


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _as_it_is(value: Any) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONG)


def _content_type(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value in _LANGUAGES:
        yield tr("Written in: {language}", language=_LANGUAGES[value])


def _files(value: Any) -> Iterator[str]:
    """What opens and closes with the page; a list in which something is no file is shown as it is."""
    if not isinstance(value, list) or not all(isinstance(file, dict) and file.get("path") for file in value):
        return
    opened = [_file(file) for file in value if file.get("action", "open") == "open"]
    closed = [_file(file) for file in value if file.get("action") == "close"]
    if len(opened) + len(closed) == len(value):
        if opened:
            yield tr("Opens: {files}", files=_listed(opened))
        if closed:
            yield tr("Closes: {files}", files=_listed(closed))


def _listed(names: list[str]) -> str:
    more = len(names) - _FEW
    return ", ".join([*names[:_FEW], *([counted(more, "1 more", "%Ln more")] if more > 0 else [])])


def _file(file: dict[str, Any]) -> str:
    path, panel = str(file["path"]), file.get("panel")
    kind, _, what = path.removeprefix("#").partition(":")
    if path == "#tabs":
        return tr("all tabs")
    name = printable(path, _LONG)
    if path.startswith("#") and kind in _TABS:
        name = tr(_TABS[kind], what=printable(what.strip(), _LONG))
    if isinstance(panel, int) and panel >= 0 and file.get("action", "open") == "open":
        return tr("{name} (panel {number})", name=name, number=number(panel + 1))
    return name


def _folders(value: Any) -> Iterator[str]:
    if isinstance(value, list) and value and all(isinstance(path, str) for path in value):
        names = [tr("the whole project") if path in {".", "/"} else printable(path, _LONG) for path in value]
        yield tr("Folders in the file tree: {folders}", folders=_listed(names))


def _closes_terminals(value: Any) -> Iterator[str]:
    if value is True:
        yield tr("Closes the terminals of the page before")


def _objectives(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield tr("Learning objectives: {text}", text=printable(value, _LONG))


_TOLD = {
    "contentType": _content_type,
    "files": _files,
    "path": _folders,
    "closeTerminalSession": _closes_terminals,
    "learningObjectives": _objectives,
}
"""The settings that have words, in their order; a value that is not what it should be gives no line of them."""
