"""What things are called in an export of coursework: people apart, every change listed, and pseudonyms that hold."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, export, exported, file_of, members, needs, rows, run, table
from hostile import hostile_course

from exportmanager.program import Program

OURS = re.compile(r"(README\.txt|course\.json|manifest-sha256\.txt|[a-z]+\.csv|(answers|totals)/[^/]+\.csv)")
PEOPLE = (
    ("s01", "zara.quux", "Zara", "Quuxington"),
    ("s02", "anna.beispiel", "Änna", "Beispielsdóttir"),
    ("s03", "xie.wu", "小明", "吴样本"),
    ("s04", "moshe.d", "משה", "דוגמה"),
    ("s05", "obrien.k", "Kate", "O'Brienne"),
    ("s06", "aaron.first", "Aaron", "Alphabetical"),
    ("s07", "bert.last", "Bertram", "Zulumann"),
    ("s08", "carla.m", "Carlotta", "Middleton"),
)


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


def crowd(builder: CourseBuilder) -> None:
    """People whose names, user names, ids and addresses can be found again wherever they show."""
    builder.tables["roster"].clear()
    for student, username, first, last in PEOPLE:
        builder.student(
            student, username=username, email=f"{username}@school.example", first_name=first, last_name=last,
            parent=f"Parent of {first}",
        )  # fmt: skip
        for assignment in ("a1", "a2"):
            builder.file(student, assignment, "main.py", "print()\n")
            builder.file(student, assignment, "a:b.txt", "x\n")
            builder.add("answers", student=student, assignment=assignment, assessment="q", attempt=1, note=username)
            builder.add(
                "results", student=student, assignment=assignment, state="started", lti_id=username, script_grade=7
            )
        builder.file(student, "a1", "link.py", "")
        link = builder.folder / "workspaces" / "a1" / student / "link.py"
        link.unlink()
        link.symlink_to("main.py")
    builder.student("s09", first_name="Inacta", last_name="Gonelong", last_active_at="2025-01-01", username="gone.long")


def test_with_pseudonyms_nobody_is_named_in_any_file_or_name_of_ours(program: Program, builder: CourseBuilder) -> None:
    crowd(builder)
    bring_in(program, builder.write())
    files = exported(program, naming="pseudonyms")
    ours = [name for name in files if not name.startswith("workspaces/")]
    assert all(OURS.fullmatch(name) for name in ours)
    everything = "\n".join([*files, *(files[name].decode() for name in ours)])
    everything = re.sub(r"\b[0-9a-f]{64}\b", "", everything).casefold()
    for row in builder.tables["roster"]:
        for column in ("id", "username", "email", "first_name", "last_name", "parent"):
            if word := row.get(column):
                assert word.casefold() not in everything, (column, word)
    assert table(files, "totals/Hello.csv")[0]["script_grade"] == "7"


def test_with_pseudonyms_no_order_tells_who_is_who(program: Program, builder: CourseBuilder, tmp_path: Path) -> None:
    """The same people in another order of the roster give the same order of everything."""
    crowd(builder)
    bring_in(program, builder.write())
    first = exported(program, naming="pseudonyms")
    builder.tables["roster"].reverse()
    for name in ("results", "answers"):
        builder.tables[name].reverse()
    bring_in(program, builder.write())
    second = exported(program, naming="pseudonyms")
    assert list(first) == list(second)
    assert first == second
    keys = [row["id"] for row in table(first, "students.csv")]
    assert keys == sorted(keys)
    assert len({*keys}) == len(PEOPLE) + 1


@pytest.mark.parametrize("order", ["assignment", "student"])
def test_pseudonyms_are_the_same_in_every_file_and_export(program: Program, builder: CourseBuilder, order: str) -> None:
    crowd(builder)
    bring_in(program, builder.write())
    files = exported(program, naming="pseudonyms", order=order)
    keys = {row["id"] for row in table(files, "students.csv")}
    working = {row["id"] for row in table(files, "students.csv") if not row["left_out"]}
    assert all(re.fullmatch("P-[A-Z2-7]{10}", key) for key in keys)
    assert {row["student_id"] for row in table(files, "report.csv")} == keys
    assert {row["student_id"] for row in table(files, "answers/Hello.csv")} == working
    position = 2 if order == "assignment" else 1
    assert {name.split("/")[position] for name in files if name.startswith("workspaces/")} == working
    one = table(exported(program, naming="pseudonyms", students=["s03"]), "students.csv")
    assert one[0]["id"] in keys


def test_another_library_gives_other_pseudonyms(
    program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock
) -> None:
    crowd(builder)
    folder = builder.write()
    other = Program(tmp_path / "other", clock)
    found = []
    for one in (program, other):
        bring_in(one, folder)
        found.append({row["id"] for row in table(exported(one, naming="pseudonyms"), "students.csv")})
    other.close()
    assert not found[0] & found[1]


def test_people_of_one_name_stay_apart(program: Program, builder: CourseBuilder) -> None:
    for number, username in enumerate(("twin", "TWIN", "", "twin")):
        builder.student(f"t{number}", first_name="Same", last_name="Name", username=username)
        builder.file(f"t{number}", "a1", "who.txt", f"t{number}\n")
    bring_in(program, builder.write())
    files = exported(program)
    folders = {row["id"]: row["folder"] for row in table(files, "students.csv")}
    assert len({folder.casefold() for folder in folders.values()}) == len(folders)
    for number in range(4):
        assert files[f"workspaces/Hello/{folders[f't{number}']}/who.txt"] == f"t{number}\n".encode()


def test_assignments_of_one_title_stay_apart(program: Program, builder: CourseBuilder) -> None:
    first, second = builder.course["modules"][0]["assignments"]
    first["title"], second["title"] = "Loops", "LOOPS"
    builder.file("s1", "a1", "x", "one")
    builder.file("s1", "a2", "x", "two")
    bring_in(program, builder.write())
    files = exported(program)
    folders = [row["folder"] for row in table(files, "assignments.csv")]
    assert folders == ["Loops", "LOOPS~2"]
    assert [files[f"workspaces/{folder}/Example Ada (user1)/x"] for folder in folders] == [b"one", b"two"]


def test_ids_that_differ_in_case_stay_apart(program: Program, builder: CourseBuilder) -> None:
    builder.tables["roster"][0] |= {"first_name": "", "last_name": "", "username": ""}
    builder.add("answers", student="S1", assignment="a1", assessment="q", attempt=1)
    bring_in(program, builder.write())
    folders = [row["folder"].casefold() for row in table(exported(program), "students.csv")]
    assert len(set(folders)) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot hold these names in the first place")
@pytest.mark.parametrize("order", ["assignment", "student"])
@pytest.mark.parametrize("naming", ["names", "pseudonyms"])
def test_every_changed_name_is_listed_and_leads_back_to_the_original(
    program: Program, tmp_path: Path, order: str, naming: str
) -> None:
    bring_in(program, hostile_course(tmp_path / "hostile"))
    files = exported(program, order=order, naming=naming, csv="programs")
    changes = {(row["folder"], row["now"]): row["original"] for row in table(files, "names.csv")}
    assert all(row["why"] for row in table(files, "names.csv"))
    assert len(changes) == len(table(files, "names.csv"))
    people = {row["id"]: row["folder"] for row in table(files, "students.csv")}
    report = {
        (row["student_id"], row["assignment_id"]): row["folder"] for row in table(files, "report.csv") if row["folder"]
    }
    query = """SELECT w.student_id, w.assignment_id, f.value ->> 0
               FROM workspaces w JOIN packages p ON p.sha256 = w.package, json_each(p.manifest) f"""
    wanted: dict[str, set[str]] = {}
    for student, assignment, path in rows(program.library.folder, query):
        wanted.setdefault(f"{student} {assignment}", set()).add(path)
    found = []
    for folder in report.values():
        inside = [name.removeprefix(f"{folder}/") for name in files if name.startswith(f"{folder}/")]
        found.append({changes.get((folder, name), name) for name in inside})
    assert sorted(map(sorted, found)) == sorted(map(sorted, wanted.values()))
    for row in table(files, "assignments.csv"):
        assert changes.get(("", row["folder"]), row["folder"]) == row["title"]
    if naming == "names":
        for row in table(files, "students.csv"):
            whole = f"{row['last_name']} {row['first_name']}".strip()
            handle = row["username"] or row["id"]
            called = f"{whole} ({handle})" if whole else handle
            assert changes.get(("", row["folder"]), row["folder"]) == called
    assert len(set(people.values())) == len(people)


def test_links_are_kept_and_point_at_what_their_targets_are_called_now(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    files = ("plain.txt", "a:b.txt", "odd?/inner.txt", "odd?/deep/er.txt", "sub/side.txt", f"{'long/' * 40}end.txt")
    for path in files:
        builder.file("s1", "a1", path, f"{path}\n")
    links = {
        "to-plain": "plain.txt",
        "to-changed": "a:b.txt",
        "to-folder": "odd?",
        "to-inner": "odd?/inner.txt",
        "to-long": f"{'long/' * 40}end.txt",
        "odd?/up": "../plain.txt",
        "odd?/over": "../sub/side.txt",
        "odd?/beside": "inner.txt",
        "odd?/deep/two-up": "../../a:b.txt",
        "sub/here": ".",
        "li:nk": "sub/../plain.txt",
        "dangling": "not there",
    }
    for path, target in links.items():
        (builder.folder / "workspaces" / "a1" / "s1" / path).symlink_to(target)
    report = bring_in(program, builder.write())
    assert report.gaps == ()
    archive = file_of(program, export(program, csv="programs"))
    run(needs("unzip"), "-q", archive, "-d", tmp_path / "out")
    root = tmp_path / "out" / "workspaces" / "Hello" / "Example Ada (user1)"
    changes = {row["original"]: row["now"] for row in table(members(archive), "names.csv") if row["folder"]}
    for link, target in links.items():
        now = root / changes.get(link, link)
        assert now.is_symlink(), link
        original = (Path("/") / link).parent / target
        if link == "dangling":
            assert str(now.readlink()) == target
        elif target in {"odd?", "."}:
            assert now.resolve().is_dir(), link
        else:
            clean = re.sub(r"[^/]+/\.\./", "", str(original.relative_to("/")))
            clean = re.sub(r"[^/]+/\.\./", "", clean)
            assert now.read_text() == f"{clean}\n", link
    listed = {row["link"]: row["target"] for row in table(members(archive), "links.csv")}
    prefix = "workspaces/Hello/Example Ada (user1)/"
    assert listed == {
        f"{prefix}{changes.get(link, link)}": str((root / changes.get(link, link)).readlink()) for link in links
    }


def test_a_link_to_a_folder_still_finds_it_when_a_file_below_was_moved_for_its_length(
    program: Program, builder: CourseBuilder
) -> None:
    builder.file("s1", "a1", "data/short.txt")
    builder.file("s1", "a1", f"data/{'x' * 180}.txt")
    (builder.folder / "workspaces" / "a1" / "s1" / "link").symlink_to("data")
    bring_in(program, builder.write())
    archive = file_of(program, export(program, csv="programs"))
    (link,) = table(members(archive), "links.csv")
    assert link["target"] == "data"
    assert any("_long-paths/" in row["now"] for row in table(members(archive), "names.csv"))


def test_a_name_on_the_shelf_is_whole_whatever_the_course_is_called(program: Program, builder: CourseBuilder) -> None:
    builder.course |= {"code": 'C:\\*?"<>|\n' * 20, "title": "x"}
    builder.file("s1", "a1", "x")
    bring_in(program, builder.write())
    path = file_of(program, export(program))
    assert path.is_file()
    assert not set(path.name) & set('\\/:*?"<>|\n')
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
