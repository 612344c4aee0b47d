"""The rows of a course, as lines of JSON, with pseudonyms for whatever tells who somebody is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from exportmanager.archive.pseudonyms import Called, grades_in
from exportmanager.core.report import Gap, ImportReport
from exportmanager.library.events import digest_of
from exportmanager.library.rows import person_column
from exportmanager.library.types import json_text

Row = dict[str, Any]

_EVENTS = {"access_events", "coach_logs"}
_EVENT_KEY = {"course_id", "user_id", "at", "digest", "occurrence"}
_NAMELESS = {"username": "", "email": "", "first_name": "", "last_name": ""}


def pseudonymous_lines(table: str, lines: Iterable[str], called: Called) -> Iterator[str]:
    """The rows of a table, which come in the order of what people are `called`."""
    rows = (_row(table, json.loads(line), called, number) for number, line in enumerate(lines))
    for row in _told_apart(rows) if table in _EVENTS else rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _row(table: str, row: Row, called: Called, number: int) -> Row:
    if whose := person_column(table):
        row[whose] = called.of(row[whose])
    if "extra" in row:
        row["extra"] = json_text(grades_in(json.loads(row["extra"]))) if table == "results" else "{}"
    if "gaps" in row and table == "workspaces":
        gaps = (called.gap(Gap.model_validate(gap)) for gap in json.loads(row["gaps"]))
        row["gaps"] = json_text([gap.model_dump(mode="json") for gap in gaps])
    if table == "students":
        row |= {**_NAMELESS, "username": row["id"], "position": number}
    elif table == "blueprints":
        row["layout"] = json_text(called.json(json.loads(row["layout"])))  # who made it
    elif table == "imports":
        row["report"] = called.report(ImportReport.model_validate_json(row["report"])).model_dump_json()
    elif table == "access_events":
        row |= {"project_path": called.path(row["project_path"]), "ip": called.address(row["ip"])}
    return row


def _told_apart(events: Iterable[Row]) -> Iterator[Row]:
    """Events with new hashes, since the old ones could be tried out; those that are equal now are counted anew."""
    for _, together in groupby(events, key=itemgetter("user_id", "at")):
        counts: dict[str, int] = {}
        for event in together:
            told = [value for name, value in event.items() if name not in _EVENT_KEY]
            digest = digest_of([*told[:-1], {}]).hex()
            counts[digest] = counts.get(digest, 0) + 1
            yield event | {"digest": digest, "occurrence": counts[digest]}
