"""Blueprint files: this program's own, and the platform's, which are read tolerantly: their JSON is not documented.

The program's own form is `BlueprintDocument`: docs/blueprints.md describes it, and docs/blueprints.schema.json is made
of it. Of others are taken a list of page templates, or an object with such a list in it. A template's name is under
``name`` or ``title``, its text under ``content``, ``markdown`` or ``text``; every other key is kept with it as it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from exportmanager.core.course import Blueprint, CourseInfo
from exportmanager.core.errors import BadSource, MalformedFile
from exportmanager.formats.json import parse_json
from exportmanager.formats.untrusted import printable

FORMAT = "exportmanager-blueprints"
VERSION = 1
_OWN_KEYS = ("name", "content", "also")
_DEPTH = 3
_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a file calls the names and texts of blueprints; `exact` where spaces around a name are a part of it."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    exact: bool


_OWN = _Keys(("name",), ("content",), exact=True)
_ANY = _Keys(("name", "title"), ("content", "markdown", "text"), exact=False)


class DocumentBlueprint(BaseModel):
    """A page template. Every key besides these is one of the page's layout, as it came."""

    model_config = ConfigDict(extra="allow", title="Blueprint")

    name: str = Field(min_length=1, description="Its name; no other in the file has the same.")
    content: str = Field(description="The page's text, in the Markdown of guides.")
    also: dict[str, Any] = Field(
        default={},
        description="Keys of the layout that are called name, content or also, and so have no place beside these.",
    )


class DocumentCourse(BaseModel):
    """The course that the blueprints were in, for people to tell files apart."""

    model_config = ConfigDict(title="Course")

    title: str = Field(description="Its title.")
    code: str = Field(default="", description="Its code; may be empty.")


class BlueprintDocument(BaseModel):
    """A file of blueprints as this program writes it."""

    model_config = ConfigDict(title="Blueprints of a course")

    format: Literal["exportmanager-blueprints"] = Field(description="Always this, to tell the file by.")
    version: Literal[1] = Field(description="The version of the form. Of another one nothing is read.")
    course: DocumentCourse
    blueprints: list[DocumentBlueprint] = Field(description="The blueprints, in the order of the course.")


def schema_text() -> str:
    """The JSON Schema of this program's own files, as docs/blueprints.schema.json holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **BlueprintDocument.model_json_schema()}
    return f"{json.dumps(schema, indent=2)}\n"


@dataclass(frozen=True, slots=True)
class BlueprintFile:
    """The blueprints of a file, in its order, and what was odd about them, in sentences.

    `course` is the title of the course that they are from, where the file says so.
    """

    blueprints: tuple[Blueprint, ...]
    findings: tuple[str, ...] = ()
    course: str = ""


def write_blueprint_file(info: CourseInfo, blueprints: Iterable[Blueprint]) -> bytes:
    """A file with blueprints of a course: the same ones give the same bytes, and are read again as they are."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "course": {"title": info.title, "code": info.code},
        "blueprints": [_item(blueprint) for blueprint in blueprints],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _item(blueprint: Blueprint) -> dict[str, Any]:
    layout = {key: value for key, value in sorted(blueprint.layout.items()) if key not in _OWN_KEYS}
    also = {key: value for key, value in sorted(blueprint.layout.items()) if key in _OWN_KEYS}
    return {"name": blueprint.name, "content": blueprint.content, **layout, **({"also": also} if also else {})}


def read_blueprint_file(data: bytes, name: str) -> BlueprintFile:
    """The blueprints in the bytes of a file, which sentences call `name`.

    Raises `MalformedFile` where there are none, and `BadSource` for a file of a newer version of this program.
    """
    value = parse_json(data, name)
    if isinstance(value, dict) and value.get("format") == FORMAT:
        return _read_own(value, name)
    if isinstance(value, dict) and _is_blueprint(value):
        value = [value]
    lists = [items for items in _lists_in(value, _DEPTH) if any(_is_blueprint(item) for item in items)]
    if not lists:
        raise _none_in(name)
    findings: list[str] = []
    found = tuple(_read(max(lists, key=len), findings, _ANY))
    return BlueprintFile(found, _told(found, findings))


def _none_in(name: str) -> MalformedFile:
    return MalformedFile(name, 0, "there are no blueprints in it.", "Export the blueprints again.")


def _read_own(value: Mapping[str, Any], name: str) -> BlueprintFile:
    version, items, course = value.get("version"), value.get("blueprints"), value.get("course")
    if isinstance(version, (int, float)) and version > VERSION:
        raise BadSource(
            f"{name} was written by a newer version of this program.", "Update the program, and import it again."
        )
    if version != VERSION or isinstance(version, bool):
        raise MalformedFile(name, 0, "it does not say of which version it is.", "Export the blueprints again.")
    if not isinstance(items, list) or not items:
        raise _none_in(name)
    findings: list[str] = []
    found = tuple(_with_also(blueprint) for blueprint in _read(items, findings, _OWN))
    title = course.get("title") if isinstance(course, dict) else ""
    return BlueprintFile(found, _told(found, findings), title if isinstance(title, str) else "")


def _with_also(blueprint: Blueprint) -> Blueprint:
    """With those keys of its layout that had to stand apart."""
    also = blueprint.layout.get("also")
    if not isinstance(also, dict):
        return blueprint
    layout = {key: item for key, item in blueprint.layout.items() if key != "also"} | also
    return Blueprint(blueprint.name, blueprint.content, layout, blueprint.position)


def _told(found: tuple[Blueprint, ...], findings: list[str]) -> tuple[str, ...]:
    """The first of the findings, and how many more there are."""
    for title, count in Counter(blueprint.name for blueprint in found).items():
        if count > 1:
            findings.append(f"{count} blueprints are called {printable(title, 80)}.")
    more = len(findings) - _LISTED
    return (*findings[:_LISTED], *([f"{more:,} more like these."] if more > 0 else ()))


def _lists_in(value: Any, depth: int) -> Iterator[list[Any]]:
    """The list that `value` is, or those in the object that it is."""
    if isinstance(value, list):
        yield value
    elif isinstance(value, dict) and depth:
        for inner in value.values():
            yield from _lists_in(inner, depth - 1)


def _is_blueprint(item: Any) -> bool:
    return isinstance(item, dict) and bool(_key(item, _ANY.names)) and bool(_key(item, _ANY.texts))


def _key(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The first of `keys` that holds text, or else an empty text; "" if none does."""
    texts = [key for key in keys if isinstance(item.get(key), str)]
    return next((key for key in texts if item[key].strip()), "".join(texts[:1]))


def _read(items: list[Any], findings: list[str], keys: _Keys) -> Iterator[Blueprint]:
    position = 0
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            findings.append(f"Item {number} is no blueprint, and is left out: {printable(str(item), 40)}.")
            continue
        named, told = _key(item, keys.names), _key(item, keys.texts)
        name = item[named] if named else ""
        name = name if keys.exact and name.strip() else name.strip()
        if not name:
            name = f"Blueprint {number}"
            findings.append(f"Item {number} has no name, and is called {name}.")
        if not told:
            findings.append(f"The blueprint {printable(name, 80)} has no text.")
        layout = {key: value for key, value in item.items() if key not in {named, told}}
        yield Blueprint(name, item[told] if told else "", layout, position)
        position += 1
