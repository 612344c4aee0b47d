"""Writes a BagIt bag: payload first, then its manifests, then tag files, and their manifests last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from exportmanager.archive.counted import Counted
from exportmanager.exports.pieces.archive import Archive, spool
from exportmanager.formats import bags
from exportmanager.formats.manifest import manifest_line
from exportmanager.formats.members import Members, Within

_PIECE = 1 << 20


class Bag:
    """Writes one bag into `members`, whose folder `root` ("" or ending in ``/``) it is."""

    def __init__(self, members: Members, root: str, modified: int, *, sha512: bool) -> None:
        self._modified = modified
        self._payload_sha256 = hashlib.sha256()
        self._manifest, self._longer, self._tags = spool(), spool(), spool()
        self._tags_longer = spool()
        self._has_longer = sha512
        self.payload = Counted(members, root, self._note_longer if sha512 else None)
        self._tag_files = Counted(members, root, self._note_tag_longer if sha512 else None)
        self._last = Within(members, root)

    def __enter__(self) -> Bag:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._manifest, self._longer, self._tags, self._tags_longer):
            file.close()

    def _note_longer(self, path: str, digest: str) -> None:
        self._longer.write(manifest_line(digest, path).encode())

    def _note_tag_longer(self, path: str, digest: str) -> None:
        self._tags_longer.write(manifest_line(digest, path).encode())

    def archive(self) -> Archive:
        """Where the payload goes; its paths are those of the bag."""

        def note(lines: Iterable[str]) -> None:
            data = "".join(lines).encode()
            self._payload_sha256.update(data)
            self._manifest.write(data)

        return Archive(self.payload, note, self._modified)

    def end_payload(self) -> str:
        """Write the manifests; the SHA-256 of the first. Only tag files may follow."""
        self._add("manifest-sha256.txt", self._manifest)
        if self._has_longer:
            self._add("manifest-sha512.txt", self._longer)
        return self._payload_sha256.hexdigest()

    @property
    def tags(self) -> Archive:
        """Where tag files go."""

        def note(lines: Iterable[str]) -> None:
            self._tags.write("".join(lines).encode())

        return Archive(self._tag_files, note, self._modified)

    def _add(self, name: str, file: BinaryIO) -> None:
        file.seek(0)
        with self.tags.bytes(name) as write:
            while piece := file.read(_PIECE):
                write(piece)

    def end(self, info: list[tuple[str, str]]) -> None:
        """Write what says that it is a bag, and the manifests of the tag files."""
        oxum = f"{self.payload.bytes}.{self.payload.files}"
        self.tags.text(bags.DECLARATION_NAME, bags.DECLARATION)
        self.tags.text(bags.INFO, bags.info_text([*info, ("Payload-Oxum", oxum)]))
        self._end_tags("tagmanifest-sha256.txt", self._tags)
        if self._has_longer:
            self._end_tags("tagmanifest-sha512.txt", self._tags_longer)

    def _end_tags(self, name: str, file: BinaryIO) -> None:
        """A manifest of tag files names all but manifests of tag files."""
        file.seek(0)
        self._last.add(name, file.read(), modified=self._modified)
