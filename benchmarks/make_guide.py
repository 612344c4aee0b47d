"""Writes a course folder of one book of any number of pages, always the same: those of the sample course."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from exportmanager.core.guide import ContentType, Guide, GuideNode
from exportmanager.core.trees import Findings
from exportmanager.formats.containers import open_container
from exportmanager.formats.guides import files_of_tree, read_guide
from exportmanager.resources_dir import sample_course

COURSE, BOOK = "benchmark-guide", "book"
_PER_CHAPTER = 10
_NUMBER = re.compile(r"(?<![\w./{(|\[-])\d(?![\w./|-])")


def make_guide(folder: Path, pages: int) -> Path:
    """Write the course into `folder`, which must not be there; where its project lies. Without any sync."""
    project = folder / "assignments" / BOOK
    content = project / ".guides" / "content"
    content.mkdir(parents=True)
    _write_course(folder)
    texts = [page for guide in _sample_guides(project) for page in guide.pages() if not page.teacher_only]
    chapters = range(-(-pages // _PER_CHAPTER))
    _json(content / "index.json", {"title": "A book", "order": [f"chapter-{n}" for n in chapters]})
    for chapter in chapters:
        numbers = range(chapter * _PER_CHAPTER, min(pages, (chapter + 1) * _PER_CHAPTER))
        _write_chapter(content / f"chapter-{chapter}", chapter, [(n, texts[n % len(texts)]) for n in numbers])
    return project


def _write_course(folder: Path) -> None:
    assignment = {"id": BOOK, "title": "A book", "kind": "book", "version": 1}
    course = {
        "format": "exportmanager-course",
        "version": 1,
        "id": COURSE,
        "title": "A course with a book",
        "taken_on": "2026-07-01",
        "modules": [{"id": "m1", "title": "All of it", "assignments": [assignment]}],
    }
    _json(folder / "course.json", course)
    (folder / "roster.csv").write_text("id,role\ns1,student\n", encoding="utf-8")


def _sample_guides(project: Path) -> Iterator[Guide]:
    """The guides of the sample course; their pictures and assessments are copied into `project`."""
    for assignment in sorted((sample_course() / "assignments").iterdir()):
        for part in ("img", "assessments"):
            if (assignment / ".guides" / part).is_dir():
                shutil.copytree(assignment / ".guides" / part, project / ".guides" / part, dirs_exist_ok=True)
        with open_container(assignment) as container:
            guide = read_guide(files_of_tree(container.tree(), Findings()))
        if guide is not None:
            _write_assessments(project, guide)
            yield guide


def _write_assessments(project: Path, guide: Guide) -> None:
    """Those of older guides lie together in one file: here each has its own."""
    for assessment in guide.assessments:
        path = project / ".guides" / "assessments" / f"{assessment.id}.json"
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            _json(path, assessment.definition)


def _write_chapter(folder: Path, number: int, pages: list[tuple[int, GuideNode]]) -> None:
    folder.mkdir()
    order = [f"page-{place}" for place, _ in pages]
    _json(
        folder / "index.json", {"id": f"c{number}", "title": f"Chapter {number + 1}", "type": "chapter", "order": order}
    )
    for name, (place, page) in zip(order, pages, strict=True):
        is_html = page.content_type is ContentType.HTML
        fields = {"id": f"p{place}", "title": f"{page.title} {place + 1}", "type": "page"}
        _json(folder / f"{name}.json", fields | {"contentType": page.content_type.value})
        text = page.content if is_html else _varied(page.content, place)
        (folder / f"{name}.{'html' if is_html else 'md'}").write_text(text, encoding="utf-8")


def _varied(text: str, place: int) -> str:
    """The same text with other numbers in it: no formula and no line of code comes back for nothing."""
    rng = random.Random(place)
    return _NUMBER.sub(lambda _: str(rng.randrange(1, 10)), text)


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
