"""What a guide, a chapter and a page hold, in words."""

from __future__ import annotations

from exportmanager.core.guide import Guide, GuideNode, NodeKind
from exportmanager.ui.course_words import points
from exportmanager.ui.guide_sight import NodeFacts
from exportmanager.ui.words import counted, tr

_DOT = "  ·  "
_KINDS = {NodeKind.CHAPTER: "Chapter", NodeKind.SECTION: "Section", NodeKind.PAGE: "Page"}


def title_of(node: GuideNode) -> str:
    """What a node is called."""
    return node.title.strip() or tr("Without a title")


def facts_in_words(node: GuideNode, facts: NodeFacts) -> str:
    """What a node is and holds: "Chapter, 4 pages, 3 questions, 20 points"."""
    said = [tr(_KINDS[node.kind])]
    if node.kind is not NodeKind.PAGE:
        said.append(counted(facts.pages, "1 page", "%Ln pages"))
    said += _held(facts.questions, facts.points)
    if node.teacher_only:
        said.append(tr("Teacher only"))
    return _DOT.join(said)


def guide_in_words(guide: Guide) -> str:
    """What a guide holds: "12 pages, 7 questions, 40 points", and what no page shows."""
    shown = sum(bool(item.page_ids) for item in guide.assessments)
    said = [counted(guide.page_count, "1 page", "%Ln pages"), *_held(shown, guide.points)]
    if unused := len(guide.assessments) - shown:
        said.append(counted(unused, "1 question on no page", "%Ln questions on no page"))
    return _DOT.join(said)


def _held(questions: int, of_points: float) -> list[str]:
    if not questions:
        return [tr("no questions")]
    return [
        counted(questions, "1 question", "%Ln questions"),
        tr("{number} points", number=points(of_points)) if of_points != 1 else tr("1 point"),
    ]
