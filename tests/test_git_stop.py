"""Stop while a repository is fetched: within a second, whatever the server does or does not, and nothing is left."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from git_server import Answer, GitServer, Question, asking, fetched, silent_port, with_dulwich, with_git
from handling import StopAt, needs, stopped

from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.sources.git_fetch import fetch


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(params=["dulwich", "git"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GitServer]:
    if request.param == "git":
        needs("git")
    server = GitServer(tmp_path / "server", speaker=with_git if request.param == "git" else with_dulwich)
    repository = server.repository()
    repository.commit(repository.folder({f"{number}.txt": b"%d\n" % number * 500 for number in range(200)}))
    yield server
    server.close()


@pytest.fixture
def into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the zip is to be; every temporary file lies there too, and nothing must be left."""
    folder = tmp_path / "into"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder / "course.zip"
    assert list(folder.iterdir()) == []
    assert asking() == []


class StopOnce:
    """Says Stop once something has happened, and remembers since when it did."""

    def __init__(self, happened: threading.Event) -> None:
        self.happened = happened
        self.said = 0.0

    def __call__(self) -> bool:
        if not self.happened.is_set():
            return False
        self.said = self.said or time.monotonic()
        return True

    def ends(self) -> bool:
        """Whether the work ended within a second."""
        return self.said > 0 and time.monotonic() - self.said < 1


def test_stop_is_heard_at_every_moment(server: GitServer, into: Path) -> None:
    stop = StopAt()
    fetched(server, into, meter=Meter(stop=stop))
    into.unlink()

    def work(stop: StopAt) -> None:
        fetched(server, into, meter=Meter(stop=stop))
        into.unlink()

    points = 0
    for _ in stopped(work, stop.asked, 25):
        assert list(into.parent.iterdir()) == []
        points += 1
    assert points > 10


@pytest.mark.parametrize("ends", [None, 0, 4, 30, 300])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_stop_takes_less_than_a_second_while_the_server_is_silent(
    server: GitServer, into: Path, number: int, ends: int | None
) -> None:
    if number == 3 and server.speaker is with_dulwich:
        pytest.skip("the first version of the protocol has two questions")
    server.spoil = lambda _, answer: (
        replace(answer, stalls=True, ends=ends) if len(server.questions) == number else answer
    )
    stop = StopOnce(server.reached)
    with pytest.raises(Cancelled):
        fetched(server, into, meter=Meter(stop=stop))
    assert stop.ends()


def test_stop_takes_less_than_a_second_while_bytes_only_trickle_in(server: GitServer, into: Path) -> None:
    started = threading.Event()

    def spoil(_: Question, answer: Answer) -> Answer:
        started.set()
        return replace(answer, slow=True)

    server.spoil = spoil
    stop = StopOnce(started)
    with pytest.raises(Cancelled):
        fetched(server, into, meter=Meter(stop=stop))
    assert stop.ends()


def test_stop_takes_less_than_a_second_where_a_server_never_speaks(server: GitServer, into: Path) -> None:
    stop = StopAt(3)
    with silent_port() as port:
        began = time.monotonic()
        with pytest.raises(Cancelled):
            fetch(
                f"https://localhost:{port}/course.git",
                into=into,
                meter=Meter(stop=stop),
                ca_certs=server.authority,
            )
    assert time.monotonic() - began < 1.5


def test_stop_takes_less_than_a_second_while_a_name_is_looked_up(
    server: GitServer, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, found = threading.Event(), threading.Event()

    def slow(*_: object) -> list[object]:
        looking.set()
        found.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    stop = StopOnce(looking)
    with pytest.raises(Cancelled):
        fetched(server, into, meter=Meter(stop=stop))
    assert stop.ends()
    assert list(into.parent.iterdir()) == []
    (left,) = asking()
    found.set()
    left.join(5)
    assert server.questions == [], "nothing is asked after Stop"


def test_stop_takes_less_than_a_second_in_the_middle_of_a_large_file(server: GitServer, into: Path) -> None:
    repository = server.repository("large")
    repository.commit(repository.folder({"zeros": bytes(100 << 20)}))
    checking = threading.Event()
    stop = StopOnce(checking)
    meter = Meter(lambda progress: checking.set() if progress.stage.startswith("Checking") else None, stop)
    with pytest.raises(Cancelled):
        fetch(f"{server.url}/large.git", into=into, meter=meter, ca_certs=server.authority)
    assert stop.ends()
