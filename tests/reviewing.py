"""Workspaces to review: a course with something of everything, archived and exported, and files that people made."""

from __future__ import annotations

from pathlib import Path

from bagging import archived, bring_in_twice
from conftest import Clock

from exportmanager.core.meter import Meter
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"


class Reviewed:
    """A program with the course, archives of it in every form, and exports of it, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = Program(folder / "library", Clock())
        bring_in_twice(self.program, folder / "course")
        self.zip = Path(archived(self.program, folder / "zip").path)
        self.plain = Path(archived(self.program, folder / "plain", form="folder").path)
        self.secret = Path(archived(self.program, folder / "secret", PASSPHRASE).path)

    def exported(self, kind: str, **options: object) -> Path:
        """A file as that kind of export gives it."""
        path = self.folder / f"{kind}-{len(options)}.zip"
        found = self.program.kinds[kind]
        with self.program.library.course(self.program.library.courses()[0].info.id) as course, path.open("w+b") as out:
            found.write(course, found.Options(**options), out, Meter())
        return path
