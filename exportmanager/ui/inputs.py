"""Makes what asks for an option, by the kind of its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exportmanager.core.options import Field, FieldKind
from exportmanager.ui.day_input import DayInput
from exportmanager.ui.kit import named
from exportmanager.ui.option_inputs import FolderInput, Line, Number, OneOf, Radios, Switch
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.tick_rows import Tickable
from exportmanager.ui.words import tr

_RADIOS = 3
"""Choices that are all shown; more stand in a box that opens."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a course offers to tick."""

    assignments: tuple[Tickable, ...] = ()
    students: tuple[Tickable, ...] = ()
    blueprints: tuple[Tickable, ...] = ()


Input = Switch | OneOf | Radios | Line | Number | FolderInput | DayInput | TickList


def input_for(field: Field, choices: Choices) -> Input:
    """What asks for `field`, at its default, with its names for screen readers."""
    made = _made(field, choices)
    made.set_value(field.default)
    title, help = tr(field.title), tr(field.help)
    if isinstance(made, Radios):
        for radio in made.buttons:
            named(radio, f"{title}: {radio.text().replace('&&', '&')}", help)
    elif isinstance(made, (FolderInput, DayInput)):
        named(made.line, title, help)
    elif isinstance(made, OneOf):
        named(made.view(), title, help)
    if not isinstance(made, TickList):
        named(made, title, help)
    return made


def _made(field: Field, choices: Choices) -> Input:
    if field.kind in _LISTS:
        return _tick_list(field, choices)
    if field.kind is FieldKind.SWITCH and not field.optional:
        return Switch(tr(field.title))
    if field.kind in {FieldKind.SWITCH, FieldKind.CHOICE}:
        offered = _offered(field)
        is_radios = field.kind is FieldKind.CHOICE and len(offered) <= _RADIOS
        return Radios(offered) if is_radios else OneOf(offered)
    if field.kind is FieldKind.NUMBER:
        return Number(field)
    if field.kind in {FieldKind.FOLDER, FieldKind.DAY}:
        made = FolderInput if field.kind is FieldKind.FOLDER else DayInput
        return made(tr(field.title), tr(field.zero) if field.zero else tr("as usual"))
    return Line(is_optional=field.optional)


def _offered(field: Field) -> list[tuple[Any, str]]:
    if field.kind is FieldKind.SWITCH:
        return [(None, tr("as the course is set")), (True, tr("yes")), (False, tr("no"))]
    offered: list[tuple[Any, str]] = [(None, tr("not set"))] if field.optional else []
    return offered + [(choice, tr(words)) for choice, words in zip(field.choices, field.labels, strict=True)]


_LISTS = {
    FieldKind.ASSIGNMENTS: ("assignments", "Tick at least one assignment.", "This course has no assignments."),
    FieldKind.STUDENTS: ("students", "Tick at least one student.", "This course has no students."),
    FieldKind.BLUEPRINTS: ("blueprints", "Tick at least one blueprint.", "This course has no blueprints."),
}
"""What can be ticked: its name in `Choices`, and what is said where nothing is ticked, and where there is nothing."""


def _tick_list(field: Field, choices: Choices) -> TickList:
    which, nothing, empty = _LISTS[field.kind]
    things = getattr(choices, which)
    return TickList(tr(field.title), things, help=tr(field.help), nothing=tr(nothing), empty=tr(empty))
