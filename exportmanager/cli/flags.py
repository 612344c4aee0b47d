"""Flags made from options: each is declared once, in the model."""

from __future__ import annotations

from typing import Any

import click

from exportmanager.core.options import Field, FieldKind, Options, fields_of


def flags_of(options: type[Options]) -> list[click.Parameter]:
    """The flags of a model of options."""
    return [_flag(field) for field in fields_of(options)]


def _flag(field: Field) -> click.Option:
    name = field.name.replace("_", "-")
    if field.kind in {FieldKind.ASSIGNMENTS, FieldKind.STUDENTS}:
        one = name.removesuffix("s")
        return click.Option(
            [f"--{one}", field.name], multiple=True, metavar="ID", help=f"{field.help} May be repeated.",
            callback=_ticked,
        )  # fmt: skip
    if field.kind is FieldKind.SWITCH:
        return click.Option([f"--{name}/--no-{name}", field.name], default=field.default, help=field.help)
    if field.kind is FieldKind.CHOICE:
        kind: Any = click.Choice(field.choices)
    else:
        kind = int if field.kind is FieldKind.NUMBER else str
    return click.Option(
        [f"--{name}", field.name], type=kind, default=field.default, show_default=not field.optional, help=field.help
    )


def _ticked(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...] | None:
    """The named ones; all, where none is."""
    return value or None
