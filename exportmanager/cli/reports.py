"""What an import said, printed."""

from __future__ import annotations

from exportmanager.cli.output import gaps, note, show
from exportmanager.core.report import ImportReport

WITH_GAPS = 4


def print_report(report: ImportReport) -> None:
    """What came, what the library has otherwise, and what is not there."""
    rows = [change.model_dump() for change in report.changes if change.read or change.kept]
    for row in rows:
        row["thing"] = row["thing"].replace("_", " ")
    columns = {
        "thing": "What", "expected": "Expected", "read": "Came", "added": "New", "changed": "Changed",
        "unchanged": "As before", "kept": "Kept, did not come",
    }  # fmt: skip
    show(rows, columns, as_json=False, empty="")
    if report.gaps:
        note(f"{len(report.gaps)} gaps:")
        gaps(report.gaps)
    if report.different:
        note(f"{report.different:,} fields were otherwise before; what came in counts:")
        for found in report.differences:
            note(f"  {found.thing} {found.who}: {found.field} was {found.before!r} and is {found.now!r}")
