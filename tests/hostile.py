"""A course whose every name was chosen by somebody who wants it to break something."""

from __future__ import annotations

import json
import os
from pathlib import Path

from building import CourseBuilder

NAMES = (
    "../../climbs",
    "/absolute",
    "C:\\drive",
    "CON",
    "com1.txt",
    "ends with a dot.",
    "ends with a space ",
    "one\ntwo",
    'quotes " and | pipes < > ? *',
    "=1+1",
    "\u202egnp.exe",
    "e\u0301 and \u00e9",
    "\U0001f600" * 60,
    "x" * 300,
    "-rf",
    "%s {0} {title}",
    ".",
    "..",
    "~",
    "שלום 你好 مرحبا",
)
FILES = (
    "con.txt",
    "a:b?.py",
    "trailing. ",
    "new\nline.txt",
    "Case.txt",
    "case.txt",
    "caf\u00e9.txt",
    "cafe\u0301.txt",
    "\u202egpj.exe",
    "back\\slash",
    "-rf",
    "=cmd()",
    "manifest-sha256.txt",
    f"{'deep/' * 60}end.txt",
    f"{'long' * 50}/{'name' * 60}.txt",
)


def hostile_course(folder: Path) -> Path:
    """Everything and everybody is called by each of `NAMES`, and one workspace has each of `FILES`."""
    builder = CourseBuilder(folder)
    builder.course["title"] = NAMES[0]
    builder.course["code"] = ""
    builder.course["lti_enabled"] = True
    builder.course["modules"] = [
        {
            "id": "m1",
            "title": NAMES[1],
            "assignments": [{"id": f"a{number}", "title": name} for number, name in enumerate(NAMES)],
        }
    ]
    for number, name in enumerate(NAMES):
        builder.guide_page(f"a{number}", name, name)
        builder.student(f"h{number}", first_name=name, last_name=name, username=name, email=name)
        builder.file(f"h{number}", f"a{number}", "work.py", f"print({number})\n")
        builder.add("answers", student=f"h{number}", assignment=f"a{number}", assessment="q", attempt=1, answer=name)
        builder.add("results", student=f"h{number}", assignment=f"a{number}", state="started", comments=name)
    blueprints = [{"name": name, "content": name, name: name} for name in NAMES]
    (builder.folder / "blueprints.json").write_text(json.dumps(blueprints), encoding="utf-8")
    for name in FILES:
        builder.file("s1", "a0", name, f"{name}\n")
    (builder.folder / "workspaces/a0/s1/to-con").symlink_to("con.txt")
    (builder.folder / "workspaces/a0/s1" / os.fsdecode(b"latin-\xe9.txt")).write_bytes(b"latin\n")
    return builder.write()
