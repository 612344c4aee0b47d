"""Makes the archive of a course: the whole bag, and its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exportmanager.archive import names
from exportmanager.archive.bag import Bag
from exportmanager.archive.certificate import certificate_of, certificate_text, last_import
from exportmanager.archive.certificate_pdf import certificate_pdf
from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents, Filling
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.placing import Placing
from exportmanager.archive.pseudonymous import Pseudonymous
from exportmanager.archive.reader import add_reader
from exportmanager.archive.readme import readme
from exportmanager.core.archive import ArchiveRecord, Certificate
from exportmanager.core.export import ExportKind
from exportmanager.core.meter import Meter
from exportmanager.core.names import portable_part
from exportmanager.exports.pieces.archive import modified_on
from exportmanager.formats.members import Members

_TITLE = 40
"""Letters of a code or title that an archive is called by."""
_CLUSTER = 4096
"""What a file takes more than its size, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make; `made_at`, `program` and `notes` (what was done to it) stand in its certificate."""

    options: ArchiveOptions
    kinds: Mapping[str, ExportKind]
    made_at: datetime
    program: str
    notes: tuple[str, ...] = ()


def make(course: ArchivedCourse, order: Order, placing: Placing, meter: Meter) -> ArchiveRecord:
    """Make the archive, and give it its place. Raises `NoRoom`, `NoAccess`, `BadOptions`, `Damaged`, `Cancelled`."""
    if order.options.is_pseudonymous:
        course = Pseudonymous(course)

    def write(members: Members, root: str) -> Certificate:
        return write_bag(course, order, members, root, meter)[0]

    name = archive_name(course, order.made_at.astimezone().date().isoformat())
    return placing.place(name, order.options.form, _size(course, order.options), write, meter)


def archive_name(course: ArchivedCourse, day: str) -> str:
    """What an archive is called, without a suffix; short, since the paths in it begin with it."""
    return portable_part(f"{(course.info.code or course.info.title)[:_TITLE].strip()} archive {day}")[0]


def _size(course: ArchivedCourse, options: ArchiveOptions) -> int:
    """About how many bytes it will have: the workspaces, and a little for all else."""
    versions = [version.package for version in (*course.versions(), *course.projects())]
    if options.form == "zip":
        return sum(package.packed_bytes for package in versions)
    return sum(package.bytes + _CLUSTER * package.files for package in versions)


def write_bag(
    course: ArchivedCourse, order: Order, members: Members, root: str, meter: Meter
) -> tuple[Certificate, Contents]:
    """Write the whole bag into `members`, as their folder `root` ("" or ending in ``/``)."""
    options = order.options
    with Bag(members, root, modified_on(course.info.taken_on), sha512=options.sha512) as bag:
        contents = Filling(course, bag.archive(), options, meter).fill(order.kinds)
        payload_sha256 = bag.end_payload()
        size = bag.payload.files, bag.payload.bytes
        certificate = certificate_of(
            course.info, contents, options, order.made_at, order.program, payload_sha256, size, last_import(course)
        )
        certificate = certificate.model_copy(update={"notes": (*certificate.notes, *order.notes)})
        if options.reader:
            add_reader(bag.tags, course, contents, certificate, meter)
        bag.tags.text(names.README, readme(certificate, options))
        bag.tags.text(names.CERTIFICATE_JSON, certificate_text(certificate))
        with bag.tags.bytes(names.CERTIFICATE_PDF) as write:
            write(certificate_pdf(certificate))
        bag.end(_info(course, order))
    return certificate, contents


def _info(course: ArchivedCourse, order: Order) -> list[tuple[str, str]]:
    """What ``bag-info.txt`` says, by the RFC's labels."""
    info = course.info
    return [
        ("Bagging-Date", order.made_at.date().isoformat()),
        ("Bag-Software-Agent", order.program),
        ("External-Identifier", info.id),
        ("External-Description", f"{info.title} {info.term}".strip()),
        ("Bag-Group-Identifier", info.code),
    ]
