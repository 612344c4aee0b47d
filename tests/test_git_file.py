"""One file of a public git repository: no more than it is fetched, and what is no such file gets a sentence."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from git_server import FILE, FOLDER, LINK, SUBMODULE, Answer, GitServer, Question, asking, with_dulwich, with_git
from handling import StopAt, check_progress, needs, stopped

from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter, Progress
from exportmanager.sources.git_choice import BadRef
from exportmanager.sources.git_fetch import GitLimits
from exportmanager.sources.git_file import BadPath, read_file
from exportmanager.sources.git_page import InGit, split_page

LAB = b'[{"name": "Lab", "content": "# Lab"}]'
OTHER = LAB.replace(b"Lab", b"Other")
FILES = {
    "README.md": b"# Course\n",
    "top.json": OTHER,
    "blueprints/lab.json": LAB,
    "blueprints/label.json": OTHER,
    "blueprints/notes.txt": b"notes",
    "blueprints/deep/inner/last.json": LAB,
    "50%20off.json": LAB,
    "a b.json": OTHER,
    "caf\u00e9/men\u00fc.json": LAB,
    "large.bin": bytes(number * number % 251 for number in range(1 << 20)) * 2,
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "*")
    yield
    assert asking() == []


def filled(server: GitServer) -> GitServer:
    repository = server.repository()
    repository.commit(repository.folder({"blueprints/lab.json": b"an older one"}))
    repository.commit(repository.folder(FILES))
    repository.commit(repository.folder({"blueprints/lab.json": OTHER}), branch="other")
    return server


def allow(server: GitServer, filters: bool = True, **more: str) -> None:
    settings = {"uploadpack.allowFilter": str(filters).lower()} | {k.replace("_", "."): v for k, v in more.items()}
    for name, value in settings.items():
        folder = server.repositories["/course.git"]
        subprocess.run(["git", "-C", str(folder), "config", name, value], check=True, capture_output=True)


@pytest.fixture(params=["dulwich", "git", "git with filters"], scope="module")
def every_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    """Servers of both versions of the protocol; one of them leaves away what is not asked for."""
    speaker = with_dulwich if request.param == "dulwich" else with_git
    if request.param != "dulwich":
        needs("git")
    server = filled(GitServer(tmp_path_factory.mktemp("server") / "server", speaker=speaker))
    if request.param == "git with filters":
        allow(server)
    yield server
    server.close()


@pytest.fixture(scope="module")
def sparing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    needs("git")
    server = filled(GitServer(tmp_path_factory.mktemp("sparing") / "server", speaker=with_git))
    allow(server)
    yield server
    server.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[GitServer]:
    server = GitServer(tmp_path / "server")
    yield server
    server.close()


def read(server: GitServer, path: str, ref: str = "", meter: Meter | None = None, **limits: float) -> bytes:
    place = InGit(f"{server.url}/course.git", path, ref)
    kept = replace(GitLimits(), **limits)  # type: ignore[arg-type]
    return read_file(place, meter or Meter(), limits=kept, ca_certs=server.authority)


def refused(server: GitServer, path: str, ref: str = "") -> BadSource:
    with pytest.raises(BadSource, match=r"\.$") as caught:
        read(server, path, ref)
    assert caught.value.next_step.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("path", "ref"),
    [
        ("blueprints/lab.json", ""),
        (" blueprints/lab.json ", "main"),
        ("blueprints/deep/inner/last.json", ""),
        ("50%20off.json", ""),
        ("cafe\u0301/men\u00fc.json", ""),
    ],
)
def test_a_file_is_read_wherever_it_lies(every_server: GitServer, path: str, ref: str) -> None:
    assert read(every_server, path, ref) == LAB


def test_of_another_branch_its_own_file_is_read(every_server: GitServer) -> None:
    assert read(every_server, "blueprints/lab.json", "other") == OTHER


def counting(server: GitServer) -> list[int]:
    """How long each answer is, from now on."""
    sent: list[int] = []

    def noted(_: Question, answer: Answer) -> Answer:
        sent.append(len(answer.body))
        return answer

    server.spoil = noted
    return sent


def test_a_large_file_beside_it_is_not_fetched(tmp_path: Path) -> None:
    needs("git")
    server = GitServer(tmp_path / "server", speaker=with_git)
    try:
        repository = server.repository()
        noise = bytes(number * number % 251 ^ number >> 8 & 255 for number in range(1 << 20)) * 20
        folders = {f"folder {n}/file.txt": b"%d" % n for n in range(50)}
        repository.commit(repository.folder({"blueprints/lab.json": LAB, "video.mp4": noise, **folders}))
        allow(server)
        sent = counting(server)
        seen: list[Progress] = []
        assert read(server, "blueprints/lab.json", meter=Meter(seen.append)) == LAB
        assert sum(sent) < 10_000
        check_progress(seen)
        assert {progress.stage for progress in seen} >= {"Downloading the repository", "Downloading the file"}
        allow(server, filters=False)
        sent.clear()
        assert read(server, "blueprints/lab.json") == LAB
        assert sum(sent) > 20_000, "this server always sends all, so the count above means something"
    finally:
        server.close()


def test_a_server_that_offers_filters_and_then_refuses_them_sends_the_branch(tmp_path: Path) -> None:
    needs("git")
    server = filled(GitServer(tmp_path / "server", speaker=with_git))
    try:
        allow(server, uploadpackfilter_allow="false")
        assert read(server, "blueprints/lab.json") == LAB
    finally:
        server.close()


MISSING = {
    "blueprints/lap.json": "Perhaps it is one of these: blueprints/lab.json, blueprints/label.json.",
    "lab.json": "Perhaps it is one of these: blueprints/lab.json, a b.json, top.json, 50%20off.json.",
    "Blueprints/lab.json": "Perhaps it is one of these: blueprints/lab.json, 50%20off.json, a b.json, top.json.",
    "a%20b.json": "Write names as they are, not as in an address: a b.json.",
    "blueprints/deep/inner/x": "Perhaps it is blueprints/deep/inner/last.json.",
}


@pytest.mark.parametrize("path", MISSING)
def test_a_path_that_is_not_there_gets_the_closest_ones(every_server: GitServer, path: str) -> None:
    problem = refused(every_server, path)
    assert isinstance(problem, BadPath)
    assert problem.what.startswith("There is no ")
    assert problem.what.endswith(" of course.")
    assert problem.next_step == MISSING[path]


def test_a_folder_gets_the_files_in_it(every_server: GitServer) -> None:
    problem = refused(every_server, "blueprints")
    assert problem.what == "blueprints is a folder."
    assert problem.next_step == "Perhaps it is one of these: blueprints/lab.json, blueprints/label.json."
    assert refused(every_server, "blueprints/deep").next_step == "No .json file is in it; give the path of the file."


def test_a_file_on_the_way_is_no_folder(every_server: GitServer) -> None:
    assert refused(every_server, "top.json/lab.json").what == "top.json is a file, and not a folder."


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "No path was given."),
        ("/blueprints/lab.json", "The path begins with a slash."),
        ("../lab.json", "The path holds a part such as .. or a single dot."),
        ("./lab.json", "The path holds a part such as .. or a single dot."),
        ("blueprints\\lab.json", "The path holds a backslash."),
        ("blueprints//lab.json", "The path holds two slashes with nothing between them."),
        ("blueprints/", "blueprints/ is a folder, as it ends with a slash."),
        ("https://example.org/lab.json", "This is an address, not a path in the repository."),
        ("a\0b", "The path holds what no path in a repository has."),
        ("x" * 5_000, "The path holds what no path in a repository has."),
    ],
)
def test_what_can_be_no_path_is_not_asked_for(plain: GitServer, path: str, sentence: str) -> None:
    problem = refused(plain, path)
    assert isinstance(problem, BadPath)
    assert problem.what == sentence
    assert plain.questions == []


def test_a_pointer_a_link_and_another_repository_are_no_file(plain: GitServer) -> None:
    repository = plain.repository()
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
    inner = repository.tree((FILE, b"lab.json", repository.blob(LAB)))
    repository.commit(
        repository.tree(
            (FILE, b"big.json", repository.blob(pointer)),
            (LINK, b"link.json", repository.blob(b"real/lab.json")),
            (LINK, b"linked", repository.blob(b"real")),
            (SUBMODULE, b"other", inner),
            (FOLDER, b"real", inner),
        )
    )
    assert "lies in Git LFS" in refused(plain, "big.json").what
    assert refused(plain, "link.json").what == "link.json is a link to another place."
    assert refused(plain, "linked/lab.json").what == "linked is a link to another place."
    for path in ("other", "other/lab.json"):
        assert refused(plain, path).what == "other is another repository (a submodule)."
    assert read(plain, "real/lab.json") == LAB


def test_folders_without_end_are_not_looked_through(plain: GitServer) -> None:
    repository = plain.repository()
    folder = repository.tree((FILE, b"end.json", repository.blob(LAB)))
    for _ in range(30):
        folder = repository.tree(*((FOLDER, b"%d" % number, folder) for number in range(10)))
    repository.commit(folder)
    assert refused(plain, "lab.json").next_step.startswith("Give all folders")


def test_a_branch_that_is_not_there_is_about_the_branch(every_server: GitServer) -> None:
    problem = refused(every_server, "blueprints/lab.json", "nope")
    assert isinstance(problem, BadRef)
    assert problem.next_step == "Choose another; its branches are: main, other."


ADDRESSES = [
    "", "http://example.org/a/b", "git://example.org/a/b", "git@example.org:a/b.git", "ssh://example.org/a/b",
    "file:///etc", "/home/sample", "https://user:word@example.org/a/b", "https://localhost/a", "https://example.org",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_refused_as_those_of_repositories_are(address: str) -> None:
    with pytest.raises(BadSource) as caught:
        read_file(InGit(address, "lab.json"), Meter())
    assert not isinstance(caught.value, (BadPath, BadRef))
    assert "zip" not in caught.value.next_step, "it is about one file"
    assert "word@" not in str(caught.value)


PAGES = {
    "https://github.com/o/r/blob/main/blueprints/lab.json": ("https://github.com/o/r", "blueprints/lab.json"),
    "https://github.com/o/r/blob/main/a%20b.json?plain=1#L3": ("https://github.com/o/r", "a b.json"),
    "https://github.com/o/r/raw/refs/heads/main/lab.json": ("https://github.com/o/r", "lab.json"),
    "https://raw.githubusercontent.com/o/r/main/x/lab.json": ("https://github.com/o/r", "x/lab.json"),
    "https://raw.githubusercontent.com/o/r/refs/heads/main/lab.json": ("https://github.com/o/r", "lab.json"),
    "https://gitlab.com/g/s/r/-/blob/main/lab.json?ref_type=heads": ("https://gitlab.com/g/s/r", "lab.json"),
    "https://codeberg.org/o/r/src/branch/main/x/lab.json": ("https://codeberg.org/o/r", "x/lab.json"),
    "https://codeberg.org/o/r/raw/branch/main/lab.json": ("https://codeberg.org/o/r", "lab.json"),
    "https://git.example.org:8443/o/r/src/branch/main/lab.json": ("https://git.example.org:8443/o/r", "lab.json"),
    "https://bitbucket.org/o/r/src/main/lab.json": ("https://bitbucket.org/o/r", "lab.json"),
}


@pytest.mark.parametrize("address", PAGES)
def test_the_address_of_a_page_is_split(address: str) -> None:
    repository, path = PAGES[address]
    assert split_page(address) == InGit(repository, path, "main")
    with pytest.raises(BadSource, match="page with one file") as caught:
        read_file(InGit(address, "lab.json"), Meter())
    assert caught.value.next_step == f"Give {repository} as the address, {path} as the path, and main as the branch."


@pytest.mark.parametrize(
    "address",
    [
        *ADDRESSES, "https://github.com/o/r.git", "https://gitlab.com/a/b/c/d", "https://github.com/o/r/tree/main",
        "https://example.org/blob/src", "https://[::1", "https://user@github.com/o/r/blob/main/lab.json",
    ],
)  # fmt: skip
def test_no_other_address_is_split(address: str) -> None:
    assert split_page(address) is None


SPOILT: dict[str, tuple[Callable[[Question, Answer], Answer], str]] = {
    "a web page": (lambda _, a: Answer(headers={"Content-Type": "text/html"}, body=b"<p>"), "sent a web page"),
    "a private one": (lambda _, a: Answer(401), "the repository is private, or is not there"),
    "cut off": (lambda q, a: replace(a, ends=len(a.body) // 2) if q.body else a, ""),
    "garbage": (lambda q, a: replace(a, body=b"garbage") if q.body else a, "is not what a git server sends"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_bad_answer_gets_a_sentence_about_the_connection(sparing: GitServer, how: str) -> None:
    spoil, sentence = SPOILT[how]
    sparing.spoil = spoil
    try:
        problem = refused(sparing, "blueprints/lab.json")
    finally:
        sparing.spoil = lambda _, answer: answer
    assert not isinstance(problem, (BadPath, BadRef))
    assert sentence in problem.what
    assert "zip" not in problem.next_step


def test_a_branch_that_is_sent_whole_has_its_limit(plain: GitServer) -> None:
    filled(plain)
    with pytest.raises(BadSource, match="The repository is larger than 0 MB"):
        read(plain, "blueprints/lab.json", bytes=1_000)


def test_a_file_that_is_too_large_is_not_fetched(sparing: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportmanager.sources.git_file._LARGEST", 1_000)
    assert refused(sparing, "large.bin").what == "large.bin is larger than 0 MB."
    monkeypatch.setattr("exportmanager.sources.git_file._SLACK", 100)
    sent = counting(sparing)
    assert "larger than 0 MB" in refused(sparing, "large.bin").what
    assert sent


def test_stop_is_heard_at_every_point(sparing: GitServer) -> None:
    never = StopAt()
    read(sparing, "blueprints/lab.json", meter=Meter(stop=never))
    for _ in stopped(lambda stop: read(sparing, "blueprints/lab.json", meter=Meter(stop=stop)), never.asked, 8):
        assert asking() == []
