"""Says what the folders of an archive are: as somebody settled it, as names that are known tell, or what to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from exportmanager.core.arrivals import LEAVE_OUT, About, Choice, Link, State
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.pieces import FilesPiece

_WORDS = {
    "student": "each is one student's work, all of one assignment",
    "assignment": "each is one assignment, all of one student",
    "sources": "each is the published project of one assignment",
    "student/assignment": "first the student, then the assignment",
    "assignment/student": "first the assignment, then the student",
    "module/sources": "first the module, then the published project of an assignment",
    "student/module/assignment": "first the student, then the module, then the assignment",
    "module/assignment/student": "first the module, then the assignment, then the student",
    "module/student/assignment": "first the module, then the student, then the assignment",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what is known by then."""

    is_person: Callable[[str], bool]
    is_title: Callable[[str], bool]
    nobody_known: bool


def layout_of(piece: FilesPiece, key: str, answer: str, names: Names) -> tuple[lay.Shape, str, Link]:
    """The workspaces, what leads to them ("" where that is open), and the link of this `key` that says so."""
    link = Link(key=key, about=About.LAYOUT, label=piece.name, where=(), state=State.OPEN)
    if answer == LEAVE_OUT:
        return lay.Shape(()), "", replace(link, state=State.LEFT_OUT)
    chosen = next((shape for shape, _ in piece.shapes if answer in lay.choices(shape)), None)
    shape, layout = (chosen, answer) if chosen else _likeliest(piece, names)
    if not layout:
        why = "nothing in it says what its folders are"
        return shape, "", replace(link, why=why, candidates=_choices(piece))
    state = State.CHOSEN if chosen else State.MATCHED
    return shape, layout, replace(link, state=state, to=layout, to_words=_WORDS.get(layout, ""))


def _likeliest(piece: FilesPiece, names: Names) -> tuple[lay.Shape, str]:
    """The first shape in which names tell both students and assignments, else either; no layout where none do."""
    told = [
        (
            shape,
            lay.layout_of(shape, names.is_person, names.is_title, nobody_known=names.nobody_known, strictly=strictly),
        )
        for shape, strictly in piece.shapes
    ]
    both = [(shape, layout) for shape, layout in told if lay.STUDENT in layout and lay.ASSIGNMENT in layout]
    either = [(shape, layout) for shape, layout in told if layout]
    return (both or either or [(piece.shapes[0][0], "")])[0]


def _choices(piece: FilesPiece) -> tuple[Choice, ...]:
    """Each layout that it could have, with the names that lead to the first workspace."""
    found: dict[str, Choice] = {}
    for shape, _ in piece.shapes:
        for layout in lay.choices(shape):
            words = f"{' / '.join(shape.roots[0].labels)}: {_WORDS[layout]}"
            found.setdefault(layout, Choice(layout, words))
    return tuple(found.values())
