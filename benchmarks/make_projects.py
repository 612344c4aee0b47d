"""Writes a course folder of published projects of any number, always the same, and of hardly anybody's work."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

from benchmarks.make_course import BINARY, FILES, LARGEST, MEDIAN, SPREAD, Written
from benchmarks.texts import Pool, pools

PARTS = 25
"""Folders in each project; each has the files of a workspace."""


def make_projects(folder: Path, projects: int) -> Written:
    """Write a course of so many assignments into `folder`, which must not be there. Without any sync."""
    folder.mkdir(parents=True)
    ids = [f"a{number:03}" for number in range(1, projects + 1)]
    assignments = [{"id": id_, "title": f"Exercise {id_}", "version": 1} for id_ in ids]
    course = {
        "format": "exportmanager-course",
        "version": 1,
        "id": f"benchmark-{projects}",
        "title": f"A course of {projects} projects",
        "taken_on": "2026-07-01",
        "modules": [{"id": "m1", "title": "All of it", "assignments": assignments}],
    }
    (folder / "course.json").write_text(json.dumps(course), encoding="utf-8")
    (folder / "roster.csv").write_text("id,role\ns1,student\n", encoding="utf-8")
    texts = pools()
    written = [_write_project(folder / "assignments" / id_, number, texts) for number, id_ in enumerate(ids)]
    return Written(len(FILES) * PARTS * projects, sum(written))


def _write_project(folder: Path, number: int, texts: dict[str, Pool]) -> int:
    """Write one; the bytes in it."""
    rng, total = random.Random(number), 0
    for part in range(PARTS):
        for name, sort in FILES:
            wanted = max(40, int(min(LARGEST, rng.lognormvariate(math.log(MEDIAN), SPREAD))))
            data = rng.randbytes(wanted) if sort == BINARY else texts[sort].cut(rng.getrandbits(40), wanted)
            path = folder / f"part-{part:02}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            total += len(data)
    return total
