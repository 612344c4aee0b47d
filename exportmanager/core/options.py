"""Options declared once: from a model come the command line's flags, the dialog's fields, checks and the ledger's JSON."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from exportmanager.core.course import Assignment, AssignmentId, Student, StudentId
from exportmanager.core.errors import BadOptions


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
    """The options of a model, in the order they are declared."""
    for name, info in options.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        marked = next((mark for mark in info.metadata if isinstance(mark, FieldKind)), None)
        kind, choices, optional = (marked, (), True) if marked else _kind_of(info.annotation)
        labels = extra.get("labels", choices)
        assert isinstance(labels, (tuple, list)), "labels are a list of words"
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
    if get_origin(annotation) in {Union, types.UnionType}:
        inner = [arm for arm in get_args(annotation) if arm is not type(None)]
        kind, choices, _ = _kind_of(inner[0])
        return kind, choices, True
    if get_origin(annotation) is Literal:
        return FieldKind.CHOICE, tuple(map(str, get_args(annotation))), False
    simple = {bool: FieldKind.SWITCH, int: FieldKind.NUMBER, str: FieldKind.TEXT}
    return simple[annotation], (), False


_O = TypeVar("_O", bound=Options)


def checked(model: type[_O], values: dict[str, Any]) -> _O:
    """`values` as options of `model`. Raises `BadOptions` with a sentence for each that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        titles = {field.name: field.title for field in fields_of(model)}
        sentences = [
            f"{titles.get(str(fault['loc'][0]), fault['loc'][0]) if fault['loc'] else 'Options'}: {fault['msg']}."
            for fault in error.errors(include_url=False)
        ]
        raise BadOptions(" ".join(sentences), "Choose other options.") from error


def chosen_assignments(choice: tuple[AssignmentId, ...] | None, all_of_them: list[Assignment]) -> list[Assignment]:
    """The chosen of a course's assignments, in the course's order. Raises `BadOptions` for one it does not have."""
    known = {assignment.id for assignment in all_of_them}
    _refuse_unknown("assignment", choice, known)
    return [assignment for assignment in all_of_them if choice is None or assignment.id in choice]


def chosen_students(choice: tuple[StudentId, ...] | None, all_of_them: list[Student]) -> list[Student]:
    """The chosen of a course's students, in the roster's order. Raises `BadOptions` for one it does not have."""
    known = {student.id for student in all_of_them}
    _refuse_unknown("student", choice, known)
    return [student for student in all_of_them if choice is None or student.id in choice]


def _refuse_unknown(what: str, choice: tuple[str, ...] | None, known: set[Any]) -> None:
    unknown = [name for name in choice or () if name not in known]
    if unknown:
        names = ", ".join(unknown[:5])
        raise BadOptions(f"The course has no {what} with the id {names}.", f"Look the {what}s up and choose again.")
