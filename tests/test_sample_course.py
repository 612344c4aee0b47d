"""Holds the sample course against the rules of the course folder and against the script that makes it."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import zstandard
from sample import PROJECT, SAMPLE, assignments, course, definitions, files_under, shown_tasks, students, table

MAKER = PROJECT / "resources" / "make_sample_course"
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar.zst")
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
Contents = dict[str, tuple[str, int, bytes]]


def suffix_of(path: Path) -> str:
    return next((suffix for suffix in ARCHIVES if path.name.endswith(suffix)), "")


def unpacked(data: bytes, suffix: str) -> Contents:
    """Return what an archive holds: by name, the kind with its time, the mode, and the bytes or a link's target."""
    if suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                i.filename: (f"file {i.date_time}", i.external_attr >> 16, archive.read(i)) for i in archive.infolist()
            }
    plain = zstandard.ZstdDecompressor().decompress(data) if suffix == ".tar.zst" else gzip.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        found = {}
        for info in tar:
            stream = tar.extractfile(info) if info.isfile() else None
            content = stream.read() if stream else info.linkname.encode()
            found[info.name] = (f"{info.type!r} {info.mtime} {info.uname} {info.uid}", info.mode, content)
        return found


def essence(path: Path) -> object:
    """Return what has to be the same in a file that was made again, whatever the version of the compressing library."""
    data = path.read_bytes()
    if suffix := suffix_of(path):
        return unpacked(data, suffix)
    if path.suffix == ".png":
        start = data.index(b"IDAT")
        return data[: start - 4], zlib.decompress(data[start + 4 : -16])
    return data


def workspaces() -> dict[tuple[str, str], Path]:
    found = {}
    for path in SAMPLE.glob("workspaces/*/*"):
        found[path.parent.name, path.name.removesuffix(suffix_of(path))] = path
    assert len(found) == len(list(SAMPLE.glob("workspaces/*/*"))), "one workspace has two forms"
    return found


def packed(assignment: str, student: str) -> Contents:
    path = workspaces()[assignment, student]
    return unpacked(path.read_bytes(), suffix_of(path))


def test_the_sample_is_exactly_what_its_script_makes(tmp_path: Path) -> None:
    target = tmp_path / "again"
    subprocess.run([sys.executable, str(MAKER), str(target)], check=True, stdout=subprocess.DEVNULL)
    made, kept = files_under(target), files_under(SAMPLE)
    assert sorted(made) == sorted(kept)
    different = [name for name, path in made.items() if essence(path) != essence(kept[name])]
    assert different == []


def test_the_sample_is_small() -> None:
    files = list(files_under(SAMPLE).values())
    assert len(files) < 700
    assert sum(path.stat().st_size for path in files) < 2_500_000


@pytest.mark.parametrize("folder", [SAMPLE, MAKER])
def test_every_file_name_is_portable(folder: Path) -> None:
    names = [path.relative_to(PROJECT).as_posix() for path in folder.rglob("*") if "__pycache__" not in path.parts]
    for name in names:
        assert len(name) <= 140
        for part in name.split("/"):
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]', part), name
            assert not RESERVED.match(part), name
            assert part == unicodedata.normalize("NFC", part).rstrip(". "), name
    assert len({name.casefold() for name in names}) == len(names)


def test_ids_follow_the_rules() -> None:
    groups = [[row["id"] for row in table("roster.csv")], [item["id"] for item in assignments()]]
    groups += [[module["id"] for module in course()["modules"]], [course()["id"]]]
    for group in groups:
        assert all(ID.fullmatch(one) and not RESERVED.match(one) for one in group)
        assert len({one.casefold() for one in group}) == len(group)
    assert all(ID.fullmatch(task) and re.fullmatch(r"[a-z-]+-\d{8,10}", task) for task in definitions())


def test_the_course_is_what_it_should_be() -> None:
    value = course()
    assert (value["format"], value["version"], value["id"], value["code"]) == (
        "exportmanager-course",
        1,
        "cs101-sample",
        "CS101",
    )
    assert value["dates"] == "floating"
    assert value["starts_on"] < value["ends_on"] < value["taken_on"]
    assert [len(module["assignments"]) for module in value["modules"]] == [4, 4]
    assert [item["kind"] for item in assignments()].count("book") == 1
    assert all(item["lti_url"].startswith("https://lms.example.org/") for item in assignments())
    assert "platform_region" in value, "an unknown key, to show that it is kept"
    for item in assignments():
        shown = {task for task in shown_tasks(item["id"]) if definitions()[task][1]["type"] != "grade-book"}
        assert item["points"] == sum(definitions()[task][1]["source"]["points"] for task in shown)


def test_the_declared_counts_are_right_and_name_one_workspace_more_than_there_is() -> None:
    expected = {
        "students": len(students()),
        "results": len(table("results.csv")),
        "answers": len(table("answers.csv")),
        "access": len(table("access.csv")),
        "coach_logs": len(table("coach-logs.csv")),
        "blueprints": len(json.loads((SAMPLE / "blueprints.json").read_text("utf-8"))),
        "workspaces": len(workspaces()) + 1,
    }
    assert course()["counts"] == expected


def test_everybody_in_the_roster_is_made_up() -> None:
    rows = table("roster.csv")
    assert [row["role"] for row in rows].count("teacher") == 2
    assert len(students()) == 26
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(org|com|net)", row["email"]) for row in rows)
    assert "seat" in rows[0], "an unknown column, to show that it is kept"
    assert (SAMPLE / "roster.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_names_come_from_many_scripts_and_two_are_the_same() -> None:
    names = [(row["first_name"], row["last_name"]) for row in students().values()]
    assert [name for name, count in Counter(names).items() if count == 2] == [("Alex", "Sample")]
    letters = {unicodedata.name(letter).split()[0] for name in names for letter in "".join(name) if letter.isalpha()}
    assert letters >= {"LATIN", "CJK", "HANGUL", "HEBREW", "ARABIC", "GREEK", "CYRILLIC", "DEVANAGARI", "THAI"}
    assert any("'" in last for _, last in names)
    assert any("," in last for _, last in names)
    assert any('"' in first for first, _ in names)
    assert any(first != unicodedata.normalize("NFC", first) for first, _ in names)


def last_active() -> dict[str, date]:
    return {row["id"]: date.fromisoformat(row["last_active_at"][:10]) for row in table("roster.csv")}


def test_two_students_are_inactive_and_one_never_started() -> None:
    limit = date.fromisoformat(course()["taken_on"]) - timedelta(days=90)
    assert sorted(one for one in students() if last_active()[one] < limit) == ["s1017", "s1025"]
    states: dict[str, set[str]] = {}
    for row in table("results.csv"):
        states.setdefault(row["student"], set()).add(row["state"])
    assert [one for one, found in states.items() if found == {"not_started"}] == ["s1026"]
    assert date.fromisoformat(students()["s1026"]["enrolled_on"]) >= limit
    assert "s1026" not in {student for _, student in workspaces()}


def test_one_workspace_is_missing_and_one_is_empty() -> None:
    begun = {(row["assignment"], row["student"]): row["state"] for row in table("results.csv")}
    expected = {place for place, state in begun.items() if state != "not_started"}
    assert expected - set(workspaces()) == {("a5-functions", "s1013")}
    assert set(workspaces()) <= expected
    assert begun["a5-functions", "s1013"] == "completed"
    assert any((row["assignment"], row["student"]) == ("a5-functions", "s1013") for row in table("answers.csv"))
    assert packed("a4-loops", "s1022") == {}


def test_fewer_and_fewer_students_begin_the_later_assignments() -> None:
    counts = Counter(assignment for assignment, _ in workspaces())
    numbers = [counts[item["id"]] for item in assignments()]
    assert numbers[0] == 25
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] < 8


def test_every_kind_of_archive_is_used() -> None:
    assert {suffix_of(path) for path in workspaces().values()} == {"", *ARCHIVES}
    assert all(name.startswith("./") for name in packed("a2-numbers", "s1009"))


def test_one_workspace_has_names_that_windows_cannot_hold() -> None:
    names = set(packed("a4-loops", "s1019"))
    assert names >= {
        "con.py",
        "aux",
        "what?.txt",
        "a:b.txt",
        "draft.",
        "draft ",
        "stars\\old.py",
        "README.md",
        "Readme.md",
    }
    twins = Counter(unicodedata.normalize("NFC", name) for name in names)
    assert max(twins.values()) == 2
    assert max(map(len, names)) > 190


def test_one_workspace_has_links_and_one_of_them_points_out() -> None:
    contents = packed("a7-files", "s1001")
    links = {name: data.decode() for name, (kind, _, data) in contents.items() if kind.startswith("b'2'")}
    assert links["chain-1.csv"] == "chain-2.csv"
    assert links["current"] == "data"
    outside = [name for name, target in links.items() if leaves(name, target)]
    assert outside == ["shared.csv"]


def leaves(name: str, target: str) -> bool:
    path = os.path.normpath("/".join([*name.split("/")[:-1], target]))
    return path.startswith(("..", "/"))


def test_one_workspace_has_binary_and_large_files_and_permissions() -> None:
    contents = packed("a8-project", "s1014")
    assert contents["pictures/rain.png"][2].startswith(b"\x89PNG")
    assert len(contents["data/thermometer.csv"][2]) > 600_000
    assert contents["run.sh"][1] & 0o777 == 0o755
    assert contents["secret.txt"][1] & 0o777 == 0o600
