"""Options declared once: from a model come the command line's flags, a form's fields, checks and the ledger's JSON."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from exportmanager.core.course import Assignment, AssignmentId, Student, StudentId
from exportmanager.core.errors import BadOptions

_NAMED = 5


class FieldKind(Enum):
    """What asks for an option: a tick box, a choice of words, a line, a number, or a tick list."""

    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    ASSIGNMENTS = "assignments"
    STUDENTS = "students"


AssignmentChoice = Annotated[tuple[AssignmentId, ...] | None, FieldKind.ASSIGNMENTS]
"""The ticked assignments; None means all."""

StudentChoice = Annotated[tuple[StudentId, ...] | None, FieldKind.STUDENTS]
"""The ticked students; None means all."""


class Options(BaseModel):
    """What a kind or source can be told. Every field has a `title`, a `description` (a sentence) and a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=False)


class NoOptions(Options):
    """Nothing to choose."""


@dataclass(frozen=True, slots=True)
class Field:
    """An option as a form or a command line needs it. `optional`: None is a value of its own ("as the course says")."""

    name: str
    title: str
    help: str
    kind: FieldKind
    default: Any
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    optional: bool = False


def fields_of(options: type[Options]) -> Iterator[Field]:
    """The options of a model, in the order they are declared. Raises `TypeError` for one that no form can ask for."""
    for name, info in options.model_fields.items():
        if info.is_required():
            raise TypeError(f"{options.__name__}.{name} has no default")
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        marked = next((mark for mark in info.metadata if isinstance(mark, FieldKind)), None)
        kind, choices, optional = (marked, (), True) if marked else _kind_of(info.annotation)
        labels = extra.get("labels", choices)
        if not isinstance(labels, (tuple, list)) or len(labels) != len(choices):
            raise TypeError(f"{options.__name__}.{name} has not one label for each choice")
        yield Field(
            name=name,
            title=info.title or name.replace("_", " ").capitalize(),
            help=info.description or "",
            kind=kind,
            default=info.get_default(call_default_factory=True),
            choices=choices,
            labels=tuple(map(str, labels)),
            optional=optional,
        )


def _kind_of(annotation: Any) -> tuple[FieldKind, tuple[str, ...], bool]:
    """The kind of an annotation, its choices, and whether None is allowed."""
    arms = get_args(annotation)
    if get_origin(annotation) in {Union, types.UnionType}:
        inner = [arm for arm in arms if arm is not type(None)]
        if len(inner) == 1:
            return (*_kind_of(inner[0])[:2], True)
    elif get_origin(annotation) is Literal and all(isinstance(arm, str) for arm in arms):
        return FieldKind.CHOICE, arms, False
    elif annotation in _SIMPLE:
        return _SIMPLE[annotation], (), False
    raise TypeError(f"an option cannot be {annotation}: it is a switch, words to choose from, a text or a whole number")


_SIMPLE: dict[Any, FieldKind] = {bool: FieldKind.SWITCH, int: FieldKind.NUMBER, str: FieldKind.TEXT}

_O = TypeVar("_O", bound=Options)


def checked(model: type[_O], values: dict[str, Any]) -> _O:
    """`values` as options of `model`. Raises `BadOptions` with a sentence for each that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        titles = {field.name: field.title for field in fields_of(model)}
        faults = error.errors(include_url=False, include_context=False)
        sentences = dict.fromkeys(_sentence(fault["type"], fault["loc"], fault["msg"], titles) for fault in faults)
        raise BadOptions(" ".join(sentences), "Choose other options.") from error


def _sentence(fault: str, place: tuple[int | str, ...], message: str, titles: dict[str, str]) -> str:
    name = str(place[0]) if place else ""
    if fault == "extra_forbidden":
        return f"There is no option called {name}."
    what = message.removeprefix("Value error, ").rstrip(".")
    return f"{titles.get(name, name) or 'Options'}: {what[:1].lower()}{what[1:]}."


def chosen_assignments(choice: tuple[AssignmentId, ...] | None, all_of_them: list[Assignment]) -> list[Assignment]:
    """The chosen of a course's assignments, in the course's order. Raises `BadOptions` for one it does not have."""
    chosen = _chosen("assignment", choice, [assignment.id for assignment in all_of_them])
    return [assignment for assignment in all_of_them if assignment.id in chosen]


def chosen_students(choice: tuple[StudentId, ...] | None, all_of_them: list[Student]) -> list[Student]:
    """The chosen of a course's students, in the roster's order. Raises `BadOptions` for one it does not have."""
    chosen = _chosen("student", choice, [student.id for student in all_of_them])
    return [student for student in all_of_them if student.id in chosen]


def _chosen(what: str, choice: Collection[str] | None, all_of_them: Collection[str]) -> Collection[str]:
    known = frozenset(all_of_them)
    chosen = known if choice is None else frozenset(choice)
    if chosen <= known:
        return chosen
    unknown = [name for name in dict.fromkeys(choice or ()) if name not in known]
    names = ", ".join(name[:80] for name in unknown[:_NAMED])
    more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    ids = "id" if len(unknown) == 1 else "ids"
    raise BadOptions(
        f"The course has no {what} with the {ids} {names}{more}.", f"Look the {what}s up and choose again."
    )
