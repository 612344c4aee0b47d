"""Takes the names of people out of texts of this program, however they are written there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from exportmanager.core.course import Student

UNKNOWN = "somebody or something not named here"
_RUN = re.compile("x+")
_BETWEEN = r"[\W_]*"

_Key = tuple[str, ...]


class Nameless:
    """Knows all names, user names, e-mail addresses and ids of `students`, and what they are `called` instead, by id.

    In names of files, words of a name are parted by ``_``, ``.`` or ``-`` as well as by blanks, letters are small, and
    accents may be stored as letters of their own. A name is found where no other letter or digit touches it; in scripts
    without capitals, some of which have no blanks, everywhere.
    """

    def __init__(self, students: Sequence[Student], called: Mapping[str, str]) -> None:
        self._called: dict[_Key, str] = {}
        inside = set()
        for student in students:
            for word in map(_composed, _words(student)):
                if key := _key(word):
                    self._called.setdefault(key, called[student.id])
                    if _has_no_capitals(word):
                        self._called.setdefault(("".join(key),), called[student.id])  # written without a blank
                        inside.add(word)
        self._longest = max(map(len, self._called), default=0)
        self._inside = re.compile("|".join(map(_pattern, sorted(inside, key=lambda w: (-len(w), w)))) or "(?!)")

    def text(self, text: str) -> str:
        """`text`, with what they are called in place of all that names them."""
        text = self._inside.sub(self._instead, _composed(text))
        spans = _spans(text)
        keys = [_folded(text[start:end]) for start, end in spans]
        said, at, number = [], 0, 0
        while number < len(spans):
            length, name = self._at(keys, number)
            if length:
                said += [text[at : spans[number][0]], name]
                at = spans[number + length - 1][1]
            number += length or 1
        return "".join([*said, text[at:]])

    def _at(self, keys: Sequence[str], first: int) -> tuple[int, str]:
        """How many words from the `first` are a name, the most there can be, and what is said instead; 0 and ""."""
        for length in range(min(self._longest, len(keys) - first), 0, -1):
            if name := self._called.get(tuple(keys[first : first + length])):
                return length, name
        return 0, ""

    def _instead(self, found: re.Match[str]) -> str:
        key = _key(found[0])
        return self._called.get(key) or self._called.get(("".join(key),), UNKNOWN)


def _words(student: Student) -> Iterator[str]:
    """Whatever names somebody."""
    first, last = student.first_name, student.last_name
    yield from (student.id, student.username, student.email, student.name, f"{last} {first}")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _folded(word: str) -> str:
    """A word in small letters, in one form."""
    return _composed(word.casefold())


def _spans(text: str) -> list[tuple[int, int]]:
    """Where in a text its words are: letters with their marks, and digits."""
    seen = "".join("x" if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return [found.span() for found in _RUN.finditer(seen)]


def _key(text: str) -> _Key:
    return tuple(_folded(text[start:end]) for start, end in _spans(text))


def _has_no_capitals(word: str) -> bool:
    return any(unicodedata.category(letter) == "Lo" for letter in word)


def _pattern(word: str) -> str:
    return _BETWEEN.join(re.escape(word[start:end]) for start, end in _spans(word))
