"""The workspaces that are hard to keep: strange names, links, binary and large files, old encodings, nothing at all.

Each function takes the files that the student would have in an ordinary workspace, and makes something of them.
"""

import pickle
import struct
import unicodedata
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from make_sample_course.archives import PROGRAM, Member
from make_sample_course.drawings import draw_rain
from make_sample_course.term import dice

Files = dict[str, str]
PRIVATE, READ_ONLY = 0o600, 0o444
SWITCHES = 36_000


def strange_names(files: Files) -> list[Member]:
    """Names that Windows cannot hold, and names that are different here and the same elsewhere."""
    composed = unicodedata.normalize("NFC", "café.txt")
    names = files | {
        "con.py": "# con is short for constants\nSTAR = '*'\n",
        "aux": "a file that Windows takes for a device\n",
        "notes/nul.txt": "nothing in here\n",
        "what?.txt": "a question mark\n",
        "a:b.txt": "a colon\n",
        'say "hi" <now>.txt': "quotes and angle brackets\n",
        "draft.": "a name that ends with a dot\n",
        "draft ": "a name that ends with a space\n",
        "stars\\old.py": "# a backslash, and not a folder\n",
        "README.md": "# Stars\n",
        "Readme.md": "# Stars, older\n",
        composed: "NFC: the accent is part of the letter\n",
        unicodedata.normalize("NFD", composed): "NFD: the accent is a sign of its own\n",
        "星 и звёзды ⭐.txt": "many scripts in one name\n",
        "-rf": "a name that looks like an option\n",
        "two\nlines.txt": "a line break in a name\n",
        "deep/" + "/".join(["a folder in a folder"] * 9) + "/end.txt": "a long way down\n",
    }
    return [Member(name, text.encode()) for name, text in names.items()]


def links(files: Files) -> list[Member]:
    """Symbolic links: inside the workspace, in a chain, to a folder, to nothing, and one that points out."""
    return [
        Member("rain.py", files["rain.py"].encode()),
        Member("data/"),
        Member("data/rain.csv", files["data/rain.csv"].encode()),
        Member("data/empty/"),
        Member("newest.csv", target="current/rain.csv"),
        Member("current", target="data"),
        Member("chain-1.csv", target="chain-2.csv"),
        Member("chain-2.csv", target="chain-3.csv"),
        Member("chain-3.csv", target="data/rain.csv"),
        Member("data/program.py", target="../rain.py"),
        Member("lost.csv", target="data/was-here-yesterday.csv"),
        Member("shared.csv", target="../../shared/rain-of-all-years.csv"),
    ]


def binaries(files: Files) -> list[Member]:
    """Binary and large files, and permission bits."""
    chance = dice("binaries")
    noise = bytes(chance.randrange(256) for _ in range(6000))
    sensor = b"".join(struct.pack("<Hh", minute, chance.randrange(-200, 400)) for minute in range(1440))
    scores = {"highest": 31, "lowest": 4, "days": [f"2026-06-{day:02}" for day in range(1, 31)]}
    script = b'#!/bin/sh\nexec python3 diary.py "$@"\n'
    return [
        *[Member(name, text.encode()) for name, text in files.items() if name != "README.md"],
        Member("run.sh", script, PROGRAM),
        Member("tools/"),
        Member("tools/measure", b"#!/usr/bin/env python3\nprint(21)\n", 0o775),
        Member("README.md", "# Wetter-Tagebuch\n\nGrüße!\n".encode(), READ_ONLY),
        Member("secret.txt", b"only for me\n", PRIVATE),
        Member("pictures/rain.png", draw_rain()),
        Member("data/sensor.bin", sensor),
        Member("data/scores.pickle", pickle.dumps(scores, protocol=4)),
        Member("data/noise.dat", noise),
        Member("data/no-bytes.txt", b""),
        Member("data/thermometer.csv", thermometer()),
        Member("__pycache__/diary.cpython-312.pyc", b"\xcb\r\r\n" + bytes(12) + noise[:200]),
    ]


def thermometer() -> bytes:
    """A thermometer that was read every half minute for a fortnight: about 900 kB that compress well."""
    chance = dice("thermometer")
    at, tenths = datetime(2026, 6, 8, tzinfo=UTC), 180
    lines = ["time,celsius"]
    for number in range(SWITCHES):
        if number % 20 == 0:
            tenths += chance.choice([-1, 0, 1])
        lines.append(f"{at + timedelta(seconds=30 * number):%Y-%m-%dT%H:%M:%S},{tenths / 10}")
    return ("\n".join(lines) + "\n").encode()


def old_encodings(files: Files) -> list[Member]:
    """Text as other computers write it, and what they leave lying about."""
    notes = "Größe = Breite × Höhe\r\nDas ist die Fläche.\r\n"
    shapes = "\ufeff" + files["shapes.py"].replace("\n", "\r\n")
    mojibake = b"caf\xe9 and \xff\xfe, which is no UTF-8\n"
    return [
        Member("shapes.py", shapes.encode()),
        Member("main.py", b"from shapes import area\r\n\r\nprint(area(3, 4))\r\n"),
        Member("notes-windows.txt", notes.encode("cp1252")),
        Member("notes-utf16.txt", notes.encode("utf-16-le")),
        Member("broken.txt", mojibake),
        Member("no-newline.txt", b"the end"),
        Member(".shapes.py.swp", b"b0VIM 9.0" + zlib.crc32(b"swap").to_bytes(4, "little") + bytes(80)),
        Member(".DS_Store", b"\x00\x00\x00\x01Bud1" + bytes(60)),
        Member("__MACOSX/._shapes.py", b"\x00\x05\x16\x07" + bytes(40)),
        Member(".coach-log.json", b'[{"role": "user", "content": "why 12 and not 22?"}]\n'),
    ]


def nothing(_files: Files) -> list[Member]:
    """An empty workspace: opened, and nothing in it."""
    return []


# (assignment, student): what is in the workspace, and how it is packed
HAZARDS: dict[tuple[str, str], tuple[Callable[[Files], list[Member]], str]] = {
    ("a4-loops", "s1019"): (strange_names, ".tar.zst"),
    ("a7-files", "s1001"): (links, ".tar.gz"),
    ("a8-project", "s1014"): (binaries, ".zip"),
    ("a5-functions", "s1016"): (old_encodings, ".tgz"),
    ("a4-loops", "s1022"): (nothing, ".zip"),
}

# (assignment, student): ordinary workspaces that happen to be packed, and what stands before each name in them
PACKED: dict[tuple[str, str], tuple[str, str]] = {
    ("a1-hello", "s1005"): (".zip", ""),
    ("a2-numbers", "s1009"): (".tar.gz", "./"),
    ("a3-decisions", "s1012"): (".tar.zst", ""),
    ("a5-functions", "s1002"): (".tar.zst", "./"),
    ("a6-book", "s1007"): (".zip", ""),
    ("a8-project", "s1002"): (".tar.zst", ""),
    ("a8-project", "s1004"): (".tar.zst", "./"),
}
