"""Collects text by key, in the order in which it comes, and keeps it in a temporary file once it is much."""

from __future__ import annotations

from collections import defaultdict

from exportmanager.exports.pieces.archive import spool

_IN_MEMORY = 4 << 20  # characters


class Pieces:
    """The text of each key: what comes by assignment is asked for by student."""

    def __init__(self) -> None:
        self._file = spool()
        self._end = self._waiting_size = 0
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)
        self._kept: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def __enter__(self) -> Pieces:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, key: str, text: str) -> None:
        """Add to the text of `key`."""
        self._waiting[key].append(text)
        self._waiting_size += len(text)
        if self._waiting_size > _IN_MEMORY:
            self._put_aside()

    def _put_aside(self) -> None:
        self._file.seek(self._end)
        for key, texts in self._waiting.items():
            data = "".join(texts).encode()
            self._file.write(data)
            self._kept[key].append((self._end, len(data)))
            self._end += len(data)
        self._waiting.clear()
        self._waiting_size = 0

    def of(self, key: str) -> str:
        """The whole text of `key`; "" where there is none."""
        texts = []
        for offset, length in self._kept.get(key, ()):
            self._file.seek(offset)
            texts.append(self._file.read(length).decode())
        return "".join([*texts, *self._waiting.get(key, ())])
