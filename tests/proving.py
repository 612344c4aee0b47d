"""What tests of proof share: a tiny bag, certificates by hand, and bytes that change."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exportmanager.archive.bag import Bag
from exportmanager.archive.certificate import certificate_text
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import Certificate, Damage
from exportmanager.core.meter import Meter
from exportmanager.formats.members import FolderMembers, Members
from exportmanager.formats.zips import ZipWriter

TEXTS = {
    "data/coursework/workspaces/Loops/Example Ada (ada)/main.py": "print('hello')\n" * 9,
    "data/b.txt": "short",
    "data/empty.txt": "",
}


def certificate(**values: Any) -> Certificate:
    """A certificate of nothing, but for `values`."""
    plain = {
        "course_id": "c1",
        "course_title": "A small course",
        "made_at": datetime(2026, 3, 2, tzinfo=UTC),
        "program": "Export Manager",
        "files": 0,
        "bytes": 0,
        "payload_sha256": "",
        "students": (),
        "assignments": (),
        "cells": (),
    }
    return Certificate.model_validate(plain | values)


def tiny_zip(folder: Path) -> Path:
    """A whole bag of a few files, in a zip of ours."""
    path = folder / "tiny.zip"
    with path.open("xb+") as out, ZipWriter(out) as members:
        _fill(members, "tiny/")
    return path


def tiny_folder(folder: Path) -> Path:
    """The same as plain files."""
    path = folder / "tiny"
    path.mkdir()
    _fill(FolderMembers(path), "")
    return path


def _fill(members: Members, root: str) -> None:
    with Bag(members, root, 1_772_000_000, sha512=False) as bag:
        payload = bag.archive()
        for name, text in TEXTS.items():
            payload.text(name, text)
        with payload.bytes("data/streamed.txt") as write:
            write(b"one\n" * 20)
        payload.zip.add_folder("data/nothing in it")
        made = certificate(payload_sha256=bag.end_payload())
        bag.tags.text("certificate.json", certificate_text(made))
        bag.end([("Bag-Software-Agent", "Export Manager")])


def flip(path: Path, at: int, bits: int = 0x40) -> None:
    """Change a byte of a file."""
    with path.open("rb+") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ bits]))


def damage(path: Path, passphrase: str | None = None, recorded: str = "") -> dict[str, Damage]:
    """What is damaged, by path."""
    return {found.path: found for found in verify(path, Meter(), passphrase, recorded=recorded).damage}


def copied(archive: Path, folder: Path, *, alone: bool = False) -> Path:
    """A copy of an archive that may be damaged, with its certificate unless it is to be `alone`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in archive.parent.iterdir():
        if path == archive or (not alone and path.name.startswith(f"{archive.name}.certificate")):
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, folder / path.name)
    return folder / archive.name
