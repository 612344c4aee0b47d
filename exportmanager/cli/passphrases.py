"""Where the command line gets a passphrase from: a file, or the terminal. It is never a word of a command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exportmanager.core.errors import BadOptions, from_os_error

_LIMIT = 4096

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file whose first line is the passphrase.",
)


def read_passphrase(file: Path) -> str:
    """The first line of a file. Raises `BadOptions`, `NoAccess`."""
    try:
        with file.open("rb") as opened:
            line = opened.readline(_LIMIT)
        return line.decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise from_os_error(error, f"reading the passphrase in {file}") from error
    except UnicodeDecodeError as error:
        raise BadOptions(f"The first line of {file} is no text in UTF-8.", "Write the passphrase anew.") from error


def asked_passphrase(*, twice: bool) -> str:
    """What somebody types on the terminal, unseen; `twice` where it is a new one. Raises `BadOptions`."""
    if not sys.stdin.isatty():
        raise BadOptions("There is no terminal to ask for the passphrase on.", "Use --passphrase-file FILE.")
    typed: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True)
    return typed
