"""The assessments of a guide, in the order in which its pages show them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exportmanager.core.course import Assessment, AssessmentId, AssignmentId
from exportmanager.core.guide import Guide, GuideAssessment
from exportmanager.formats.guides.guide_files import GuideFiles
from exportmanager.formats.guides.troubles import (
    NO_TASK_ID,
    SAME_TASK_ID,
    SHOWN_TWICE,
    UNDEFINED,
    UNREADABLE_TASK,
    UNUSED,
)

FOLDER = ".guides/assessments/"
LIST = ".guides/assessments.json"
_POINTS_LIMIT = 1e15
_NEVER_SHOWN = "grade-book"
"""The type that teachers grade with; students do not see it, so that it needs no page."""


def has_assessments(files: GuideFiles) -> bool:
    """Whether there are any, in the form of either generation."""
    return LIST in files.paths or bool(_in_folder(files))


def read_assessments(
    files: GuideFiles, guide: Guide, shown: Mapping[str, tuple[str, ...]]
) -> tuple[GuideAssessment, ...]:
    """All that are defined; `shown` are the ids of those that each node shows, by the id of the node."""
    defined = _defined(files, guide)
    pages: dict[str, list[str]] = {}
    for node in guide.walk():
        for task_id in shown.get(node.id, ()):
            pages.setdefault(task_id, []).append(node.id)
            if task_id not in defined:
                files.note(UNDEFINED, f"{task_id} ({node.title})")
    _note_uses(files, guide, defined, pages)
    order = [*(task_id for task_id in pages if task_id in defined), *(key for key in defined if key not in pages)]
    return tuple(_assessment(key, defined[key], pages.get(key, ()), number) for number, key in enumerate(order))


def assessments_of(guide: Guide, assignment: AssignmentId) -> list[Assessment]:
    """The assessments of an assignment's guide as a course has them."""
    return [
        Assessment(
            id=AssessmentId(item.id),
            assignment_id=assignment,
            name=item.name,
            type=item.type,
            points=item.points,
            position=item.position,
            definition=item.definition,
        )
        for item in guide.assessments
    ]


def _defined(files: GuideFiles, guide: Guide) -> dict[str, dict[str, Any]]:
    """The definitions by their ids; of two with one id the first."""
    found: dict[str, dict[str, Any]] = {}
    for where, definition in _definitions(files, guide):
        task_id = definition.get("taskId") if isinstance(definition, dict) else None
        if not isinstance(task_id, str) or not task_id:
            files.note(NO_TASK_ID, where)
        elif task_id in found:
            files.note(SAME_TASK_ID, f"{task_id} ({where})")
        else:
            found[task_id] = definition
    return found


def _definitions(files: GuideFiles, guide: Guide) -> Iterator[tuple[str, Any]]:
    """What is in the folder of assessments, or in the list that older guides have; where both are, by generation."""
    in_folder = _in_folder(files)
    if LIST in files.paths and (guide.generation < 3 or not in_folder):
        listed = files.json(LIST, UNREADABLE_TASK)
        for number, definition in enumerate(listed if isinstance(listed, list) else [], 1):
            yield f"{LIST}, entry {number}", definition
        return
    for path in in_folder:
        definition = files.json(path, UNREADABLE_TASK)
        if definition is not None:
            yield path, definition


def _in_folder(files: GuideFiles) -> list[str]:
    paths = (path for path in files.paths if path.startswith(FOLDER) and path.endswith(".json"))
    return sorted(path for path in paths if "/" not in path.removeprefix(FOLDER))


def _note_uses(
    files: GuideFiles, guide: Guide, defined: Mapping[str, dict[str, Any]], pages: Mapping[str, list[str]]
) -> None:
    for task_id, shown_on in pages.items():
        if len(shown_on) > 1:
            files.note(SHOWN_TWICE, task_id)
    for task_id, definition in defined.items():
        if guide.nodes and task_id not in pages and definition.get("type") != _NEVER_SHOWN:
            files.note(UNUSED, task_id)


def _assessment(task_id: str, definition: dict[str, Any], pages: Sequence[str], position: int) -> GuideAssessment:
    source = definition.get("source")
    source = source if isinstance(source, dict) else {}
    return GuideAssessment(
        id=task_id,
        type=str(definition.get("type") or ""),
        name=str(source.get("name") or task_id),
        points=_points(source.get("points")),
        definition=definition,
        page_ids=tuple(dict.fromkeys(pages)),
        position=position,
    )


def _points(untrusted: Any) -> float | None:
    """Points, which older guides also wrote as text."""
    try:
        points = math.nan if isinstance(untrusted, bool) else float(untrusted)
    except (TypeError, ValueError, OverflowError):
        return None
    return points if abs(points) < _POINTS_LIMIT else None
