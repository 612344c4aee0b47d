"""Says what an archive holds and what that proves: as values, as JSON, and beside the archive."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents, counts_of
from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import Certificate, CertifiedCell, Somebody
from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import Damaged, ProblemForTeacher, from_os_error
from exportmanager.core.report import Count, Gap, ImportReport
from exportmanager.formats.files import sync_folder
from exportmanager.formats.json import parse_json

_LIMIT = 64 << 20
_SAID = {"access": "access events", "coach_logs": "questions to the coach"}
"""What some of the things that are imported are called in sentences."""


def certificate_of(
    info: CourseInfo,
    contents: Contents,
    options: ArchiveOptions,
    made_at: datetime,
    program: str,
    payload_sha256: str,
    size: tuple[int, int],
    imported: ImportReport | None = None,
) -> Certificate:
    """What went into an archive. `size` is that of the payload: files and bytes; `imported` came of the last import.

    What the import did not get stands among the gaps, but for work that has a cell of its own.
    """
    people = [person.student for person in contents.plan.people]
    return Certificate(
        course_id=info.id,
        course_title=info.title,
        course_code=info.code,
        taken_on=info.taken_on.isoformat(),
        made_at=made_at,
        program=program,
        pseudonymous=options.is_pseudonymous,
        files=size[0],
        bytes=size[1],
        payload_sha256=payload_sha256,
        students=tuple(Somebody(id=student.id, name=student.name) for student in people),
        assignments=tuple(Somebody(id=one.id, name=one.title) for one in contents.plan.assignments),
        cells=tuple(_cells(contents)),
        counts=(*counts_of(contents), *_declared(imported)),
        gaps=tuple(dict.fromkeys((*contents.coursework.gaps, *contents.gaps, *_not_imported(imported, contents)))),
    )


def _cells(contents: Contents) -> Iterator[CertifiedCell]:
    for assignment, person, found in contents.cells:
        whose = {"student": person.student.id, "assignment": assignment.id}
        yield CertifiedCell(**whose, cell=found.cell, files=found.files, why=found.why)


def _declared(imported: ImportReport | None) -> Iterator[Count]:
    """What the sources said that there is, where they said it, against what was read of it."""
    for change in imported.changes if imported else ():
        if change.expected is not None:
            thing = _SAID.get(change.thing, change.thing)
            yield Count(thing=f"{thing}, as the source declared", expected=change.expected, done=change.read)


def _not_imported(imported: ImportReport | None, contents: Contents) -> Iterator[Gap]:
    """What the import did not get, but for what the coursework says already of a workspace."""
    said = {(gap.what, gap.why) for gap in contents.coursework.gaps}
    for gap in imported.gaps if imported else ():
        if not gap.student_id and (gap.what, gap.why) not in said:
            yield gap


def last_import(course: ArchivedCourse) -> ImportReport | None:
    """What came of the last import of a course."""
    last = ""
    for last in course.lines("imports"):  # noqa: B007 - the last one is wanted
        pass
    return ImportReport.model_validate_json(json.loads(last)["report"]) if last else None


def certificate_text(certificate: Certificate) -> str:
    """A certificate as JSON, each student, cell, gap ... on a line of its own."""
    values = certificate.model_dump(mode="json")
    return "{\n" + ",\n".join(f'  "{name}": {_lines(value)}' for name, value in values.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"    {_compact(item)}" for item in value) + "\n  ]"
    return _compact(value)


_compact = json.JSONEncoder(ensure_ascii=False).encode


def read_certificate(data: bytes, name: str) -> Certificate:
    """The certificate that `data` is. Raises `Damaged`, `MalformedFile`, which call it `name`."""
    value = parse_json(data, name)
    try:
        certificate = Certificate.model_validate(value)
    except ValueError as error:
        raise Damaged(f"{name} is no certificate of an archive.", details=str(error)) from error
    if (certificate.format, certificate.version) != ("exportmanager-certificate", 1):
        raise Damaged(f"{name} was written by a newer version of the program.", "Use the newest version.")
    return certificate


def beside(place: Path) -> tuple[Path, Path]:
    """Where the certificate of the archive at `place` stands, as JSON and as PDF."""
    whole = os.path.abspath(place)  # noqa: PTH100 - it may be ".", or ".." of somewhere
    return Path(f"{whole}.certificate.json"), Path(f"{whole}.certificate.pdf")


def write_beside(place: Path, certificate: Certificate, *, encrypted: bool = False, folder: Path | None = None) -> None:
    """Write what certifies the archive at `place` beside it, over the one before; each whole or not at all.

    Beside an encrypted archive it holds no names, beside a pseudonymous one no real ones. With `folder` it is written
    there, to be moved beside the archive later. Raises `NoRoom`, `NoAccess`.
    """
    from exportmanager.archive.certificate_pdf import certificate_pdf  # what draws PDFs takes its time to load

    is_nameless = encrypted or certificate.pseudonymous  # the way to somebody's folders holds that person's name
    certificate = certificate.model_copy(update={"place": place.name if is_nameless else str(place)})
    shown = certificate.without_people() if encrypted else certificate
    texts = certificate_text(shown).encode(), certificate_pdf(shown)
    try:
        for path, data in zip(beside(place), texts, strict=True):
            _replace((folder or place.parent) / path.name, data)
        sync_folder(folder or place.parent)
    except OSError as error:
        raise from_os_error(error, f"writing the certificate beside {place.name}") from error


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):  # the disk may have been pulled out
            draft.unlink(missing_ok=True)


def read_beside(place: Path) -> Certificate | None:
    """The certificate beside the archive at `place`; None where there is none that can be read."""
    path = beside(place)[0]
    try:
        with path.open("rb") as file:
            return read_certificate(file.read(_LIMIT), path.name)
    except (OSError, ProblemForTeacher):
        return None
