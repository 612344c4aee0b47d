"""Small projects with guides, in memory, for the tests that read guides."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from exportmanager.core.course import AssignmentId
from exportmanager.core.guide import Guide, GuideNode
from exportmanager.formats.guides import assessments_of, read_guide

CONTENT = ".guides/content"


class Project:
    """Files by path; what is no bytes and no text is written as JSON."""

    def __init__(self, files: dict[str, Any]) -> None:
        self.files = {
            path: value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else to_json(value)
            for path, value in files.items()
        }

    def paths(self) -> Collection[str]:
        return self.files.keys()

    def read(self, path: str) -> bytes:
        return self.files[path]


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def read(files: dict[str, Any]) -> Guide:
    guide = read_guide(Project(files))
    assert guide is not None
    return guide


def page(stem: str, text: str = "Some text.\n", suffix: str = ".md", **fields: Any) -> dict[str, Any]:
    """A page as it is stored since 2022, `stem` being its path below the content without suffix."""
    node = {"id": f"id-{stem}", "title": stem.rpartition("/")[2], "type": "page"} | fields
    return {f"{CONTENT}/{stem}.json": node, f"{CONTENT}/{stem}{suffix}": text}


def folder(path: str, order: list[Any], **fields: Any) -> dict[str, Any]:
    """A chapter or section."""
    node = {"id": f"id-{path}", "title": path.rpartition("/")[2], "type": "chapter", "order": order} | fields
    return {f"{CONTENT}/{path}/index.json": node}


def root(*order: Any, **fields: Any) -> dict[str, Any]:
    return {f"{CONTENT}/index.json": {"title": "A guide", "order": list(order)} | fields}


def task(task_id: str, kind: str = "multiple-choice", **source: Any) -> dict[str, Any]:
    """The definition of an assessment in a file of its own."""
    return {f".guides/assessments/{task_id}.json": definition(task_id, kind, **source)}


def definition(task_id: str, kind: str = "multiple-choice", **source: Any) -> dict[str, Any]:
    return {"taskId": task_id, "type": kind, "source": {"name": f"Name of {task_id}", "points": 5} | source}


def placed(*ids: str) -> str:
    return "".join(f"{{Check it|assessment}}({task_id})\n" for task_id in ids)


def outline(guide: Guide) -> list[Any]:
    """Titles as nested lists: what has children, or may have some, is followed by the list of them."""

    def of(nodes: tuple[GuideNode, ...]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            found += [node.title] if node.kind == "page" else [node.title, of(node.children)]
        return found

    return of(guide.nodes)


def gaps(guide: Guide) -> list[tuple[str, str]]:
    """What has a trouble, and whose names are said."""
    return [(gap.what, gap.why.partition(": ")[2]) for gap in guide.gaps]


def is_sound(guide: Guide) -> None:
    """What holds of every guide, whatever its files are."""
    nodes = list(guide.walk())
    ids = [node.id for node in nodes]
    assert len(set(ids)) == len(ids)
    assert len({node.path for node in nodes}) == len(nodes)
    assert all(node.title for node in nodes)
    assert [item.position for item in guide.assessments] == list(range(len(guide.assessments)))
    assert len({item.id for item in guide.assessments}) == len(guide.assessments)
    assert {page_id for item in guide.assessments for page_id in item.page_ids} <= set(ids)
    assert all(gap.what and gap.why and gap.why.isprintable() for gap in guide.gaps)
    assert len({(gap.what, gap.why) for gap in guide.gaps}) == len(guide.gaps)
    assert len(assessments_of(guide, AssignmentId("a"))) == len(guide.assessments)
    said: list[Any] = [guide.title, guide.fields, nodes, guide.assessments, guide.css]
    repr(said).encode()
