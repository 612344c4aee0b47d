"""Options declared once: from a model come the command line's flags, a form's fields, checks and the ledger's JSON."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from exportmanager.core.course import Assignment, AssignmentId, Student, StudentId
from exportmanager.core.errors import BadOptions

_NAMED = 5


class FieldKind(Enum):
    """What asks for an option: a tick box, words to choose from, a line, a number, a folder, a tick list, ..."""

    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    FOLDER = "folder"
    ASSIGNMENTS = "assignments"
    STUDENTS = "students"
    BLUEPRINTS = "blueprints"
    COURSE = "course"
    DAY = "day"
    SEVERAL = "several"


AssignmentChoice = Annotated[tuple[AssignmentId, ...] | None, FieldKind.ASSIGNMENTS]
"""The ticked assignments; None means all."""

StudentChoice = Annotated[tuple[StudentId, ...] | None, FieldKind.STUDENTS]
"""The ticked students; None means all."""

BlueprintChoice = Annotated[tuple[str, ...] | None, FieldKind.BLUEPRINTS]
"""The names of the ticked blueprints; None means all."""


def _whole_path(text: str) -> str:
    """A path that means the same wherever the program was started, and that can be kept as text."""
    if text and ("\0" in text or not PurePath(text).is_absolute()):
        raise ValueError("it must be a folder's whole path.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # what Python makes of bytes that are no text
        raise ValueError("its name has letters that this computer cannot write; choose another folder.")
    return text


Folder = Annotated[str, FieldKind.FOLDER, AfterValidator(_whole_path)]
"""The whole path of a folder; "" is the default place."""


CourseChoice = Annotated[str, FieldKind.COURSE]
"""A course of the library: its id, or a word that only it fits; "" is none."""

Several = Annotated[tuple[str, ...], FieldKind.SEVERAL]
"""Any number of short texts."""


def _a_day(text: str) -> str:
    if text:
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise ValueError("it must be a day such as 2026-03-02.") from error
    return text


Day = Annotated[str, FieldKind.DAY, AfterValidator(_a_day)]
"""A day such as ``2026-03-02``; "" is none."""


class Options(BaseModel):
    """What a kind or source can be told. Every field has a `title`, a `description` (a sentence) and a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=False)


class NoOptions(Options):
    """Nothing to choose."""


@dataclass(frozen=True, slots=True)
class Field:
    """An option as a form or a command line needs it. `optional`: None is a value of its own ("as the course says").

    A number lies within `minimum` and `maximum`, where they are given, and `unit` stands after it. `zero` are words for
    0, or for the "" of a folder. `advanced`: few people want to change it, and a form may fold it away.
    """

    name: str
    title: str
    help: str
    kind: FieldKind
    default: Any
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    optional: bool = False
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    zero: str = ""
    advanced: bool = False


def fields_of(options: type[Options]) -> Iterator[Field]:
    """The options of a model, in the order they are declared. Raises `TypeError` for one that no form can ask for."""
    for name, info in options.model_fields.items():
        if info.is_required():
            raise TypeError(f"{options.__name__}.{name} has no default")
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        marked = next((mark for mark in info.metadata if isinstance(mark, FieldKind)), None)
        kind, choices, optional = (marked, (), marked in _LISTS) if marked else _kind_of(info.annotation)
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
            minimum=_limit(info, ge=0, gt=1),
            maximum=_limit(info, le=0, lt=-1),
            unit=str(extra.get("unit", "")),
            zero=str(extra.get("zero", "")),
            advanced=bool(extra.get("advanced", False)),
        )


def _limit(info: FieldInfo, **steps: int) -> int | None:
    """The limit of a whole number that pydantic knows by one of these names, so many steps further in."""
    for mark in info.metadata:
        for name, step in steps.items():
            if (limit := getattr(mark, name, None)) is not None:
                return int(limit) + step
    return None


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
_LISTS = (FieldKind.ASSIGNMENTS, FieldKind.STUDENTS, FieldKind.BLUEPRINTS)

_O = TypeVar("_O", bound=Options)


def faults(model: type[Options], values: dict[str, Any]) -> dict[str, str]:
    """A sentence for each option that does not fit, by its name; by "" what is wrong with the whole."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        return _faults_of(error)
    return {}


def checked(model: type[_O], values: dict[str, Any]) -> _O:
    """`values` as options of `model`. Raises `BadOptions` with a sentence for each that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        titles = {field.name: field.title for field in fields_of(model)} | {"": "Options"}
        sentences = [
            f"{titles[name]}: {sentence[:1].lower()}{sentence[1:]}" if name in titles else sentence
            for name, sentence in _faults_of(error).items()
        ]
        raise BadOptions(" ".join(sentences), "Choose other options.") from error


def fitting(model: type[_O], values: dict[str, Any]) -> _O:
    """`values` as options of `model`; one that does not fit, and what has no option, is left at its default."""
    wrong = faults(model, values)
    try:
        return model.model_validate({name: value for name, value in values.items() if name not in wrong})
    except ValidationError:  # each fits, but not with the others
        return model()


def _faults_of(error: ValidationError) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        sentence = _sentence(name, fault["type"], fault["msg"], fault.get("ctx", {}))
        if sentence not in found.setdefault(name, []):
            found[name].append(sentence)
    return {name: " ".join(sentences) for name, sentences in found.items()}


def _sentence(name: str, fault: str, message: str, limits: dict[str, Any]) -> str:
    if fault == "extra_forbidden":
        return f"There is no option called {name}."
    told = next((words for start, words in _WORDS.items() if fault.startswith(start)), "")
    what = told.format_map(limits) if told else message.removeprefix("Value error, ").rstrip(".")
    return f"{what[:1].upper()}{what[1:]}."


_WORDS = {
    "greater_than_equal": "it must be at least {ge}",
    "greater_than": "it must be more than {gt}",
    "less_than_equal": "it must be at most {le}",
    "less_than": "it must be less than {lt}",
    "int_": "it must be a whole number",
    "bool_": "it must be yes or no",
    "literal_error": "it must be {expected}",
    "string_type": "it must be a text",
    "tuple_type": "it must be a list",
}
"""How pydantic's kinds of faults (by how their names begin) are told to people; others in pydantic's own words."""


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
