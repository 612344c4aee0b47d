"""What every page of the reader has: head, policy, way back and end."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from exportmanager.archive.names import READER
from exportmanager.archive.reader.markup import quoted
from exportmanager.exports.pieces.archive import Archive

STYLE = f"{READER}style.css"
END = "</main>\n</body>\n</html>\n"


@cache
def resource(name: str) -> str:
    """The text of a file beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _script() -> tuple[str, str]:
    """What is not needed but handy, and its hash: no other script may run, wherever it stands."""
    text = resource("reader.js")
    return text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def begin(title: str, up: str, *, trail: str = "", has_script: bool = False) -> str:
    """The beginning of a page: `up` leads to the bag's folder, `trail` is HTML before its heading.

    The policy (www.w3.org/TR/CSP3) lets a browser load nothing but our style sheet, and run nothing but our script.
    By the letter of it 'self' is nothing for pages that are opened from a disk; for them ``file:`` says the same.
    """
    text, digest = _script() if has_script else ("", "")
    policy = "default-src 'none'; style-src 'self' file:; base-uri 'none'; form-action 'none'"
    policy += f"; script-src 'sha256-{digest}'" if digest else ""
    after = f"<script>{text}</script>\n" if has_script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{quoted(title)}</title>\n"
        f'<link rel="stylesheet" href="{up}{STYLE}">\n</head>\n<body>\n'
        f'<a class="skip" href="#main">Skip to the content</a>\n{trail}<main id="main">\n{after}'
    )


def trail(links: Iterable[str]) -> str:
    """The way back, and to what stands before and after: links that stand above a page."""
    return f'<nav class="trail" aria-label="Way back">{" ".join(links)}</nav>\n'


def on_this_page(parts: Iterable[tuple[str, str]]) -> str:
    """Links to the parts of a page, by their ids and headings."""
    links = "".join(f'<li><a href="#{id_}">{words}</a></li>' for id_, words in parts)
    return f'<nav class="contents" aria-label="On this page"><ul>{links}</ul></nav>\n'


def write_page(tags: Archive, path: str, pieces: Iterator[str]) -> None:
    """Add a page; it need not be in memory whole."""
    with tags.bytes(path) as write:
        for piece in pieces:
            write(piece.encode())
