"""What stands in place of what is not shown as it is written: pictures, films, frames, folded parts, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import SplitResult, quote, urlsplit

from exportmanager.formats.answers import Say
from exportmanager.formats.guides import local_path
from exportmanager.formats.guides_html.boxes import BOX_END, box_begin, placeholder

Attributes = Sequence[tuple[str, str | None]]
_DRAWN = {"svg", "canvas", "math"}
_PLAYED = {"iframe", "video", "audio", "embed", "object"}
_EMPTY = {"br", "hr", "img", "embed", "source"}
_DETAILS = box_begin("neutral"), BOX_END
_SUMMARY = '<p class="summary">\u25be ', "</p>"
_AUTHORS_TABLE = '<table class="grid" border="1" cellspacing="0">'
_WIDEST = 600
"""Pixels from which on the width that an author asked for is left out: the window knows how much room there is."""
_ADDRESS = re.compile(r"https?:|mailto:", re.IGNORECASE)
_LINKS = re.compile(r"(https?://|mailto:|page:|unfold:|#)", re.IGNORECASE)


def rewritten(html: str, why_not: Callable[[str], str], say: Say) -> str:
    """Well-formed `html` with the project's pictures as ``guide:`` and path, and words for all that is elsewhere.

    `why_not` says why a picture of the project is not shown, and "" where it is.
    """
    reader = _Rewriter(why_not, say)
    reader.feed(html)
    reader.close()
    return "".join(reader.out)


class _Rewriter(HTMLParser):
    """Copies what it reads, but for what it knows."""

    def __init__(self, why_not: Callable[[str], str], say: Say) -> None:
        super().__init__(convert_charrefs=False)
        self._why_not = why_not
        self._say = say
        self._inside: list[str] = []
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """A tag begins."""
        if self._inside:
            self._inside += [tag] if tag == self._inside[0] else []
            return
        values = {name: value or "" for name, value in attrs}
        if tag in _DRAWN | _PLAYED:
            self._replace(tag, values)
        elif tag == "img":
            self.out.append(self._picture(values))
        elif tag in {"details", "summary"}:
            self.out.append((_DETAILS if tag == "details" else _SUMMARY)[0])
        elif tag == "table" and "class" not in values:
            self.out.append(_AUTHORS_TABLE)
        elif tag != "source":
            self._copy(tag, values)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """A tag that ends at once."""
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if self._inside:
            if tag == self._inside[-1]:
                self._inside.pop()
        elif tag in {"details", "summary"}:
            self.out.append((_DETAILS if tag == "details" else _SUMMARY)[1])
        elif tag not in _EMPTY:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._inside:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        """A character by its name."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character by its number."""
        self.handle_data(f"&#{name};")

    def _copy(self, tag: str, values: dict[str, str]) -> None:
        address = values.get("href", "")
        if tag == "a" and address and not _LINKS.match(address):
            values.pop("href")
        elif _ADDRESS.match(address):  # said before anybody could follow it
            values["title"] = f"{values['title']}: {address}" if values.get("title") else address
        self.out.append(_tag(tag, values))

    def _replace(self, tag: str, values: dict[str, str]) -> None:
        if tag not in _EMPTY:
            self._inside = [tag]
        address = values.get("src") or values.get("data") or ""
        if tag in _DRAWN:
            words = self._say("A drawing that is not shown here")
        elif not address:
            words = self._say("A film, a sound or another page, not shown here")
        else:
            address = f"https:{address}" if address.startswith("//") else address
            words = self._say("Not shown here: {address}", address=address)
        self.out.append(placeholder(words))

    def _picture(self, values: dict[str, str]) -> str:
        source = values.get("src", "").strip()
        alt = values.get("alt", "").strip()
        if words := self._not_shown(source):
            return placeholder(f"{words} ({alt})" if alt else words)
        size = {name: values[name] for name in ("width", "height") if values.get(name, "").isdecimal()}
        if int(size.get("width", "0")[:6]) > _WIDEST:
            size = {}
        kept = {
            "src": f"guide:{quote(local_path(source))}",
            "alt": alt,
            "title": values.get("title", "") or alt,
            **size,
        }
        return _tag("img", {name: value for name, value in kept.items() if value})

    def _not_shown(self, source: str) -> str:
        """Why a picture is not shown; "" where it is."""
        address = _split(source)
        if not source or address is None or address.scheme not in {"", "http", "https"}:
            return self._say("A picture that is not shown")
        if address.scheme or source.startswith("//"):
            return self._say("Picture on the web: {host}", host=address.hostname or source)
        return self._why_not(local_path(source))


def _tag(name: str, values: dict[str, str]) -> str:
    inner = "".join(f' {key}="{escape(value)}"' for key, value in values.items())
    return f"<{name}{inner}>"


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.hostname
    except ValueError:  # such as a wrong IPv6 address
        return None
    return parts
