"""Flags made from options: each is declared once, in the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exportmanager.core.options import Field, FieldKind, Options, fields_of

_METAVARS = {FieldKind.COURSE: "COURSE", FieldKind.DAY: "YYYY-MM-DD"}
_TICKED = {FieldKind.ASSIGNMENTS: "ID", FieldKind.STUDENTS: "ID", FieldKind.BLUEPRINTS: "NAME"}


def flags_of(options: type[Options]) -> list[click.Parameter]:
    """The flags of a model of options."""
    return [flag_of(field, field.default) for field in fields_of(options)]


def flag_of(field: Field, default: Any) -> click.Option:
    """The flag of an option, whose value is `default` where it is not given."""
    name = field.name.replace("_", "-")
    if metavar := _TICKED.get(field.kind):
        one = name.removesuffix("s")
        return click.Option(
            [f"--{one}", field.name], multiple=True, metavar=metavar, help=f"{field.help} May be repeated.",
            callback=_ticked,
        )  # fmt: skip
    if field.kind is FieldKind.SWITCH:
        return click.Option([f"--{name}/--no-{name}", field.name], default=default, help=field.help)
    if field.kind is FieldKind.SEVERAL:
        return click.Option(
            [f"--{name}", field.name], multiple=True, metavar="KEY=ANSWER", help=f"{field.help} May be repeated."
        )
    if metavar := _METAVARS.get(field.kind):
        return click.Option([f"--{name}", field.name], default=default, metavar=metavar, help=field.help)
    if field.kind is FieldKind.FOLDER:
        return click.Option([f"--{name}", field.name], default=default, metavar="DIR", help=field.help, callback=_whole)
    shows_default = default is not None and not field.optional
    return click.Option(
        [f"--{name}", field.name], type=_type(field), default=default, show_default=shows_default, help=field.help
    )


def _type(field: Field) -> Any:
    if field.kind is FieldKind.CHOICE:
        return click.Choice(field.choices)
    if field.kind is FieldKind.NUMBER:
        has_limits = field.minimum is not None or field.maximum is not None
        return click.IntRange(field.minimum, field.maximum) if has_limits else int
    return str


def _ticked(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...] | None:
    """The named ones; all, where none is."""
    return value or None


def _whole(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """The folder as it is called from everywhere; the default place stays ""."""
    return str(Path(value).absolute()) if value else value
