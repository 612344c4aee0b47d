"""A public git repository comes in: one branch or tag, whole, as an ordinary zip, and what is not in it is named."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dulwich.objects import Blob, ObjectID, Tag, Tree
from dulwich.refs import Ref
from git_server import (
    FILE,
    FOLDER,
    LINK,
    PROGRAM,
    SUBMODULE,
    GitServer,
    fetched,
    with_dulwich,
    with_git,
)
from handling import check_progress, members, needs

from exportmanager.core.errors import BadSource, NoAccess
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.report import Gap
from exportmanager.core.trees import Findings
from exportmanager.formats.archives import open_tree
from exportmanager.formats.packing import pack
from exportmanager.sources.git_fetch import GitLimits

SOME_ID = ObjectID(b"1" * 40)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(params=["dulwich", "git"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GitServer]:
    """Both servers that there are to test with; they speak different versions of the protocol."""
    if request.param == "git":
        needs("git")
    server = GitServer(tmp_path / "server", speaker=with_git if request.param == "git" else with_dulwich)
    yield server
    server.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[GitServer]:
    """The server that says nothing of what is in a repository, however wrong that is."""
    server = GitServer(tmp_path / "server")
    yield server
    server.close()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "into").mkdir()
    return tmp_path / "into" / "course.zip"


def alike(count: int) -> dict[str, bytes]:
    """Files that git writes as differences from one another."""
    lines = [b"line %d of a file that is like many others\n" % number for number in range(2_000)]
    return {f"likes/{n:02}.txt": b"".join([*lines[:n], b"another\n", *lines[n:]]) for n in range(count)}


FILES = {"README.md": b"# Course\n", "empty": b"", "task 1/main.py": b"print(1)\n", "ümlaut/日本.txt": b"x"} | alike(30)


def test_the_default_branch_comes_whole_and_without_its_history(server: GitServer, into: Path) -> None:
    repository = server.repository()
    for number in range(20):
        repository.commit(repository.folder({"old.bin": bytes([number]) * 50_000}))
    commit = repository.commit(repository.folder(FILES))
    repository.commit(repository.folder({"other.txt": b"x"}), branch="other")
    seen: list[Progress] = []
    result = fetched(server, into, meter=Meter(seen.append))
    assert members(into) == FILES
    assert (result.ref, result.commit, result.files) == ("main", commit.decode(), len(FILES))
    assert result.committed_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert (len(result.gaps), len(result.lfs), len(result.submodules)) == (0, 0, 0)
    assert (result.address.name, result.address.host) == ("course", "localhost")
    assert list(into.parent.iterdir()) == [into]
    check_progress(seen)


def test_git_sends_differences_and_they_are_put_together(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.folder(FILES))
    seen: list[Progress] = []
    fetched(server, into, meter=Meter(seen.append))
    sent = max(progress.done for progress in seen if progress.stage == "Downloading the repository")
    assert members(into) == FILES
    if server.speaker is with_git:
        assert sent < 30_000  # each of the 30 files alone is 10,000 bytes long when it is packed


@pytest.mark.parametrize(
    ("ref", "content"),
    [("dev", b"dev"), ("feature/1", b"feature"), ("v1", b"tagged"), ("light", b"tagged"), ("both", b"branch")],
)
def test_one_branch_or_tag_comes_where_it_is_named(server: GitServer, into: Path, ref: str, content: bytes) -> None:
    repository = server.repository()
    tagged = repository.commit(repository.folder({"a.txt": b"tagged"}))
    repository.commit(repository.folder({"a.txt": b"newer"}))
    repository.commit(repository.folder({"a.txt": b"dev"}), branch="dev")
    repository.commit(repository.folder({"a.txt": b"wrong"}), branch="dev2")
    repository.commit(repository.folder({"a.txt": b"feature"}), branch="feature/1")
    repository.commit(repository.folder({"a.txt": b"branch"}), branch="both")
    repository.tag("v1", repository.tag("v1-inner", tagged), Tag)
    repository.tag("both", tagged)
    repository.repo.refs[Ref(b"refs/tags/light")] = tagged
    result = fetched(server, into, ref=ref)
    assert members(into) == {"a.txt": content}
    assert result.ref == ref


def test_a_default_branch_of_another_name_is_named(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.folder({"a.txt": b"trunk"}), branch="trunk")
    repository.repo.refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/trunk"))
    assert fetched(server, into).ref == "trunk"


def test_a_detached_head_has_no_name_and_comes_all_the_same(server: GitServer, into: Path) -> None:
    repository = server.repository()
    commit = repository.commit(repository.folder({"a.txt": b"x"}))
    repository.repo.refs.remove_if_equals(Ref(b"HEAD"), None)
    (server.folder / "course" / "HEAD").write_bytes(commit + b"\n")
    assert fetched(server, into).ref == ""
    assert members(into) == {"a.txt": b"x"}


def test_an_empty_repository_is_called_empty(server: GitServer, into: Path) -> None:
    server.repository()
    with pytest.raises(BadSource, match="course is empty"):
        fetched(server, into)
    with pytest.raises(BadSource, match="course is empty"):
        fetched(server, into, ref="dev")
    assert not list(into.parent.iterdir())


def test_a_branch_that_is_not_there_is_named_beside_those_that_are(server: GitServer, into: Path) -> None:
    repository = server.repository()
    for branch in ("main", "dev"):
        repository.commit(repository.folder({"a.txt": b"x"}), branch=branch)
    with pytest.raises(BadSource, match="has no branch or tag called de. Choose another; its branches are: dev, main."):
        fetched(server, into, ref="de")


def test_a_repository_without_a_default_branch_names_the_others(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.folder({"a.txt": b"x"}), branch="dev")
    with pytest.raises(BadSource, match="has no default branch. Name a branch; there are: dev."):
        fetched(server, into)


@pytest.mark.parametrize("ref", ["..", "a b", "a\nb", "-", "a..b", "/", "x" * 70_000, "a~1", "a.lock"])
def test_what_cannot_be_the_name_of_a_branch_is_not_asked_for(plain: GitServer, into: Path, ref: str) -> None:
    repository = plain.repository()
    repository.commit(repository.folder({"a.txt": b"x"}))
    with pytest.raises(BadSource, match="branch or tag"):
        fetched(plain, into, ref=ref)
    assert not list(into.parent.iterdir())


def test_links_and_programs_stay_what_they_are(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(
        repository.tree(
            (LINK, b"link", repository.blob(b"run.sh")),
            (PROGRAM, b"run.sh", repository.blob(b"#!/bin/sh\n")),
        )
    )
    assert fetched(server, into).files == 2
    with zipfile.ZipFile(into) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert stat.S_ISLNK(modes["link"])
    assert modes["run.sh"] & 0o777 == 0o755


def test_a_submodule_is_named_and_not_fetched(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.tree((FILE, b".gitmodules", repository.blob(b"x")), (SUBMODULE, b"library", SOME_ID)))
    result = fetched(server, into)
    assert result.submodules == ("library",)
    assert [gap.what for gap in result.gaps] == ["library"]
    assert "submodule" in result.gaps[0].why
    assert set(members(into)) == {".gitmodules"}


def test_what_lies_in_lfs_is_named_and_its_pointer_stays(server: GitServer, into: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
    repository = server.repository()
    repository.commit(repository.folder({"data/video.mp4": pointer, "about.md": b"x" * 2_000 + pointer}))
    result = fetched(server, into)
    assert result.lfs == ("data/video.mp4",)
    assert [gap.what for gap in result.gaps] == ["data/video.mp4"]
    assert "Git LFS" in result.gaps[0].why
    assert members(into)["data/video.mp4"] == pointer


@pytest.mark.parametrize("target", ["../outside", "/etc/passwd", "a/../../b", "C:\\x", "loop", "\xff"])
def test_a_link_that_leads_out_or_nowhere_is_named_and_left_out(plain: GitServer, into: Path, target: str) -> None:
    repository = plain.repository()
    raw = target.encode("latin-1")
    repository.commit(repository.tree((FILE, b"a.txt", repository.blob(b"x")), (LINK, b"loop", repository.blob(raw))))
    result = fetched(plain, into)
    assert len(result.gaps) == 1
    assert "link loop" in result.gaps[0].what
    assert set(members(into)) == {"a.txt"}


def test_a_link_longer_than_any_system_holds_is_named_and_left_out(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    long = repository.blob(b"a/" * 5_000_000)
    repository.commit(repository.tree((FILE, b"a.txt", repository.blob(b"x")), (LINK, b"long", long)))
    assert [gap.what for gap in fetched(plain, into).gaps] == ["link long"]


@pytest.mark.parametrize(
    "name",
    [
        b".git",
        b".GIT",
        b".Git.",
        b".git ",
        b"git~1",
        b"GIT~1",
        b".git::$INDEX_ALLOCATION",
        ".g\u200cit".encode(),
        b"a\\.git",
    ],
)
def test_a_folder_that_would_configure_git_is_named_and_left_out(plain: GitServer, into: Path, name: bytes) -> None:
    repository = plain.repository()
    inner = repository.folder({"config": b"[core]\n\tfsmonitor = anything\n"})
    deep = repository.tree((FOLDER, name, inner), (FILE, b"kept.txt", repository.blob(b"x")))
    repository.commit(repository.tree((FOLDER, b"deep", deep)))
    result = fetched(plain, into)
    assert ["would configure git" in gap.why for gap in result.gaps] == [True]
    assert set(members(into)) == {"deep/kept.txt"}


def test_names_that_only_look_like_git_come_in(plain: GitServer, into: Path) -> None:
    names = {".gitignore": b"1", ".github/x.yml": b"2", "git": b"3", "x.git": b"4", "git~12": b"5"}
    repository = plain.repository()
    repository.commit(repository.folder(names))
    assert fetched(plain, into).gaps == ()
    assert members(into) == names


@pytest.mark.parametrize("name", [b"..", b".", b"", b"a/b", b"/a", b"../../a", b"C:/a", b"C:\\a", b"..\\a", b"\\\\a"])
def test_a_name_that_leads_elsewhere_refuses_the_whole_repository(plain: GitServer, into: Path, name: bytes) -> None:
    repository = plain.repository()
    repository.commit(repository.tree((FILE, name, repository.blob(b"x"))))
    with pytest.raises(BadSource, match="The repository course was not taken in: it holds"):
        fetched(plain, into)
    assert not list(into.parent.iterdir())


@pytest.mark.parametrize("second", [FILE, FOLDER, LINK])
def test_the_same_name_twice_refuses_the_whole_repository(server: GitServer, into: Path, second: int) -> None:
    repository = server.repository()
    other = repository.folder({"b": b"x"}) if second == FOLDER else repository.blob(b"y")
    repository.commit(repository.tree((FILE, b"a", repository.blob(b"x")), (second, b"a", other)))
    why = "it holds" if server.speaker is with_git else "not taken in"  # dulwich's server sends only one of them
    with pytest.raises(BadSource, match=why):
        fetched(server, into)


def test_names_that_differ_only_in_case_or_form_both_come(plain: GitServer, into: Path) -> None:
    twins = {"Case.txt": b"1", "case.txt": b"2", "caf\u00e9": b"3", "cafe\u0301": b"4", "con": b"5", "a:b": b"6"}
    repository = plain.repository()
    repository.commit(repository.folder(twins))
    fetched(plain, into)
    assert members(into) == twins


def test_a_name_that_is_not_utf8_comes_and_is_named(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    repository.commit(repository.tree((FILE, b"caf\xe9", repository.blob(b"x"))))
    result = fetched(plain, into)
    assert members(into) == {"café": b"x"}
    assert ["Latin-1" in gap.why for gap in result.gaps] == [True]


def test_entries_of_no_known_kind_are_named(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    repository.commit(
        repository.tree((0o060644, b"device", repository.blob(b"x")), (FILE, b"a.txt", repository.blob(b"x")))
    )
    assert [gap.what for gap in fetched(plain, into).gaps] == ["device"]


def test_what_is_no_folder_is_not_read_as_one(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    tree = repository.folder({"a": b"x"})
    repository.commit(repository.tree((FILE, b"a.txt", tree)))
    with pytest.raises(BadSource, match="damaged"):
        fetched(plain, into)


def test_a_tag_of_a_file_or_folder_is_no_version_of_the_files(server: GitServer, into: Path) -> None:
    repository = server.repository()
    root = repository.folder({"a.txt": b"x"})
    repository.commit(root)
    repository.tag("folder", root, Tree)
    repository.tag("file", repository.blob(b"x"), Blob)
    for name in ("folder", "file"):
        with pytest.raises(BadSource, match="was not taken in"):
            fetched(server, into, ref=name)


def test_a_repository_without_files_is_refused(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.tree())
    with pytest.raises(BadSource, match="holds no files"):
        fetched(server, into)
    assert not list(into.parent.iterdir())


def test_a_day_beyond_the_calendar_is_damage(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    repository.commit(repository.folder({"a.txt": b"x"}), at=10**14)
    with pytest.raises(BadSource, match="damaged"):
        fetched(plain, into)


def test_few_objects_that_stand_for_millions_of_files_are_refused_early(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    tree = repository.folder({"a.txt": b"x"})
    for _ in range(12):
        tree = repository.tree(*[(FOLDER, b"%d" % number, tree) for number in range(10)])
    repository.commit(tree)
    with pytest.raises(BadSource, match="more than 100,000 files and folders") as refused:
        fetched(plain, into)
    assert "zip" in refused.value.next_step
    assert not list(into.parent.iterdir())


def test_one_large_file_under_many_names_counts_many_times(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    large = repository.blob(b"x" * 1_000_000)
    repository.commit(repository.tree(*[(FILE, b"%03d" % number, large) for number in range(100)]))
    with pytest.raises(BadSource, match="more than 50,000,000 bytes"):
        fetched(plain, into, limits=GitLimits(bytes=50_000_000))


@pytest.mark.parametrize(("limit", "fits"), [(6, True), (5, False)])
def test_files_and_folders_are_counted(plain: GitServer, into: Path, limit: int, fits: bool) -> None:
    repository = plain.repository()
    repository.commit(repository.folder({f"f/{number}": b"%d" % number for number in range(5)}))
    if fits:
        assert fetched(plain, into, limits=GitLimits(files=limit)).files == 5
        return
    with pytest.raises(BadSource, match="more than 5 files and folders"):
        fetched(plain, into, limits=GitLimits(files=limit))


def test_more_is_not_downloaded_than_is_allowed(server: GitServer, into: Path) -> None:
    repository = server.repository()
    noise = b"".join(bytes([number * number % 251, number % 256, number // 256 % 256]) for number in range(1 << 20))
    repository.commit(repository.folder({"noise.bin": noise}))
    with pytest.raises(BadSource, match="larger than 0 MB"):
        fetched(server, into, limits=GitLimits(bytes=200_000))
    assert not list(into.parent.iterdir())


def test_the_zip_reads_back_as_every_other_download_does(server: GitServer, into: Path, tmp_path: Path) -> None:
    repository = server.repository()
    repository.commit(repository.folder(FILES))
    fetched(server, into)
    with (tmp_path / "again.zip").open("w+b") as again:
        packed = pack(open_tree(into), again, Findings())
    assert len(packed.files) == len(FILES)


def test_the_same_commit_gives_the_same_bytes(server: GitServer, into: Path) -> None:
    repository = server.repository()
    repository.commit(repository.folder(FILES))
    fetched(server, into)
    second = into.with_name("second.zip")
    fetched(server, second)
    assert into.read_bytes() == second.read_bytes()


def test_a_file_that_stands_there_is_not_touched(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    repository.commit(repository.folder(FILES))
    into.write_bytes(b"somebody's")
    with pytest.raises(NoAccess):
        fetched(plain, into)
    assert into.read_bytes() == b"somebody's"
    assert plain.questions == []


def test_gaps_are_values_of_a_report(plain: GitServer, into: Path) -> None:
    repository = plain.repository()
    repository.commit(repository.tree((SUBMODULE, b"evil\x1b[31m", SOME_ID), (FILE, b"a", repository.blob(b"x"))))
    (gap,) = fetched(plain, into).gaps
    assert isinstance(gap, Gap)
    assert gap.what.isprintable()
