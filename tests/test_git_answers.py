"""A git server that answers badly, or not at all: each has its own sentence, and nothing is left."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from git_server import Answer, GitServer, Proxy, Question, asking, fetched, silent_port, with_dulwich, with_git
from handling import members, needs

from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.sources.git_fetch import GitLimits, fetch

REFS = "/info/refs?service=git-upload-pack"
PAGE = Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=b"<!doctype html><p>Sign in")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(params=["dulwich", "git"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GitServer]:
    if request.param == "git":
        needs("git")
    server = GitServer(tmp_path / "server", speaker=with_git if request.param == "git" else with_dulwich)
    filled(server)
    yield server
    server.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[GitServer]:
    server = GitServer(tmp_path / "server")
    filled(server)
    yield server
    server.close()


@pytest.fixture
def into(tmp_path: Path) -> Iterator[Path]:
    """Where the zip is to be. Nothing else may ever lie there, and in the end nobody talks to a server."""
    folder = tmp_path / "into"
    folder.mkdir()
    yield folder / "course.zip"
    assert {path.name for path in folder.iterdir()} <= {"course.zip"}
    assert asking() == []


FILES = {"README.md": b"# Course\n", "noise": bytes(number * number % 251 for number in range(3_000))}


def filled(server: GitServer) -> None:
    repository = server.repository()
    repository.commit(repository.folder(FILES))


def refused(server: GitServer, into: Path, sentence: str, **limits: float) -> BadSource:
    """The refusal, which says what it should, what to do next, and leaves no file."""
    with pytest.raises(BadSource) as caught:
        fetched(server, into, limits=GitLimits(**limits))  # type: ignore[arg-type]
    assert sentence in caught.value.what
    assert caught.value.next_step.endswith(".")
    assert not into.exists()
    return caught.value


STATUSES = {
    401: "the repository is private, or is not there",
    403: "does not allow to fetch",
    404: "has no repository at this address, or it is private",
    410: "has no repository at this address, or it is private",
    400: "a code that is not expected here (400)",
    407: "a code that is not expected here (407)",
    204: "a code that is not expected here (204)",
    304: "a code that is not expected here (304)",
    429: "too busy or out of order (its answer was 429)",
    500: "too busy or out of order (its answer was 500)",
    503: "too busy or out of order (its answer was 503)",
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_refusal_has_its_sentence(plain: GitServer, into: Path, status: int, method: str) -> None:
    sign_in = {"WWW-Authenticate": "Basic realm=x"}
    plain.spoil = lambda question, answer: Answer(status, sign_in) if question.method == method else answer
    refused(plain, into, STATUSES[status])
    assert len(plain.questions) == (1 if method == "GET" else 2), "nothing is tried twice, and no password is sent"
    assert not any("authorization" in question.headers for question in plain.questions)


def test_a_web_page_is_no_repository(server: GitServer, into: Path) -> None:
    server.answers(first=PAGE)
    refused(server, into, "sent a web page")
    server.spoil = lambda question, answer: PAGE if question.method == "POST" else answer
    refused(server, into, "sent a web page")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/octet-stream", "", "application/x-git-receive-pack-result"]
)
def test_a_server_of_plain_files_is_not_asked_for_more(plain: GitServer, into: Path, kind: str) -> None:
    plain.answers(headers={"Content-Type": kind})
    refused(plain, into, "did not answer as a git server does")
    assert len(plain.questions) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"0000", {}),
        (b"0000" * 1_000, {}),
        (b"001e# service=git-upload-pack\n0000", {}),
        (b"001e# service=git-receive-pack\n0000", {}),
        (b"-001", {}),
        (b"0005x", {}),
        (b"0005\x04" * 100, {}),
        (b"ffff" + b"x" * 65_531, {}),
        (b"zzzz", {}),
        (b"000eversion 2\n0000", {}),
        (b"000eversion 9\n0000", {}),
        (b"0010ERR denied\x1b[0m\n", {}),
        (b"\xff" * 5_000, {}),
        (b"not gzip", {"Content-Encoding": "gzip"}),
        (b"not br", {"Content-Encoding": "identity, gzip"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_is_none_is_said_to_be_none(
    server: GitServer, into: Path, body: bytes, headers: dict[str, str], method: str
) -> None:
    server.spoil = lambda question, answer: (
        replace(answer, body=body, headers=answer.headers | headers) if question.method == method else answer
    )
    with pytest.raises(BadSource) as caught:
        fetched(server, into)
    assert caught.value.what.isprintable()
    assert caught.value.details.isprintable()
    assert not into.exists()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_answer_cut_off_anywhere_is_damage(server: GitServer, into: Path, number: int, chunked: bool) -> None:
    fetched(server, into)
    into.unlink()
    if number >= len(server.questions):
        pytest.skip("the first version of the protocol has two questions")
    whole: list[int] = []
    ends = 0

    def spoil(question: Question, answer: Answer) -> Answer:
        if len(server.questions) != number + 1:
            return answer
        whole[:] = [len(answer.body)]
        # git packs a little tighter at times: what is cut off must be cut off all the same
        return replace(answer, ends=min(ends, len(answer.body) - 1), chunked=chunked)

    server.spoil = spoil
    while not whole or ends < whole[0]:
        server.questions.clear()
        with pytest.raises(BadSource):
            fetched(server, into)
        assert not into.exists()
        ends += 1 + whole[0] // 12


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_answer_that_ends_early_by_its_own_account_is_damage(server: GitServer, into: Path, number: int) -> None:
    fetched(server, into)
    into.unlink()
    if number >= len(server.questions):
        pytest.skip("the first version of the protocol has two questions")
    whole = [1]
    ends = 0

    def spoil(question: Question, answer: Answer) -> Answer:
        if len(server.questions) != number + 1:
            return answer
        whole[:] = [len(answer.body)]
        return replace(answer, body=answer.body[:ends])

    server.spoil = spoil
    while ends < whole[0] - 4:  # the last four say only that nothing more comes
        server.questions.clear()
        with pytest.raises(BadSource):
            fetched(server, into)
        assert not into.exists()
        ends += 1 + whole[0] // 12


def test_a_changed_byte_anywhere_in_the_pack_is_noticed(plain: GitServer, into: Path) -> None:
    at = 0

    def spoil(question: Question, answer: Answer) -> Answer:
        if question.method == "GET":
            return answer
        start = answer.body.index(b"PACK")
        body = bytearray(answer.body)
        body[start + at] ^= 0x10
        return replace(answer, body=bytes(body))

    plain.spoil = spoil
    for at in range(0, 3_000, 97):  # noqa: B007  # `spoil` reads it
        with pytest.raises(BadSource):
            fetched(plain, into)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_comes_byte_by_byte_is_read(plain: GitServer, into: Path, chunked: bool) -> None:
    plain.spoil = lambda question, answer: replace(
        answer, slow=len(answer.body) < 500, chunked=chunked, headers=answer.headers
    )
    fetched(plain, into)
    assert members(into) == FILES


def test_a_download_that_takes_too_long_ends(plain: GitServer, into: Path) -> None:
    plain.answers(slow=True)
    refused(plain, into, "did not send the whole repository within 1 minutes", seconds=0.3)


@pytest.mark.parametrize("ends", [None, 0, 3, 40])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_that_falls_silent_is_waited_for_only_so_long(
    plain: GitServer, into: Path, method: str, ends: int | None
) -> None:
    plain.spoil = lambda question, answer: (
        replace(answer, stalls=True, ends=ends) if question.method == method else answer
    )
    refused(plain, into, "stopped answering", silence=0.2)


def test_a_port_that_never_speaks_is_waited_for_only_so_long(plain: GitServer, into: Path) -> None:
    with silent_port() as port, pytest.raises(BadSource, match=r"could not be reached|stopped answering"):
        fetch(
            f"https://localhost:{port}/course.git",
            into=into,
            meter=Meter(),
            limits=GitLimits(silence=0.2),
            ca_certs=plain.authority,
        )


def leads(server: GitServer, *targets: str) -> None:
    """Answer the first questions with redirects to these."""
    server.spoil = lambda question, answer: (
        Answer(302, {"Location": targets[len(server.questions) - 1]})
        if len(server.questions) <= len(targets)
        else answer
    )


def test_three_redirects_are_followed_and_four_are_not(server: GitServer, into: Path) -> None:
    repository = server.repository("moved")
    repository.commit(repository.folder({"moved.txt": b"x"}))
    there = f"{server.url}/moved.git{REFS}"
    leads(server, there, f"/moved.git{REFS}", there)
    fetched(server, into)
    assert set(members(into)) == {"moved.txt"}
    assert {question.path for question in server.questions if question.method == "POST"} == {
        "/moved.git/git-upload-pack"
    }
    into.unlink()
    server.questions.clear()
    leads(server, *[there] * 4)
    refused(server, into, "leads on from one address to the next")
    assert len(server.questions) == 4


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (f"http://localhost:1/course.git{REFS}", "leads on to an address that is not secure"),
        (f"file:///etc/course.git{REFS}", "leads on to an address that is not secure"),
        (f"ssh://localhost/course.git{REFS}", "leads on to an address that is not secure"),
        (f"//name:secret@localhost/course.git{REFS}", "a name or password"),
        ("/users/sign_in?secret", "is no repository: it may be private"),
        (f"/course.git/../../x{REFS}&token=secret", "is no repository: it may be private"),
        (f"/course.git?token=secret{REFS}", "no ? and no #"),
        (f"https://localhost:99999/x{REFS}", "leads on to localhost: this is not a valid address"),
        (f"https://[::1/x{REFS}", "leads on to what is no address"),
        (f"https://@/x{REFS}", "leads on to nowhere: the address holds a name or password"),
        (REFS, "names a server and no repository"),
    ],
)
def test_a_redirect_is_followed_only_to_a_repository_over_https_without_a_password(
    plain: GitServer, into: Path, target: str, sentence: str
) -> None:
    leads(plain, target)
    problem = refused(plain, into, sentence)
    assert "secret" not in f"{problem}{problem.details}"
    assert len(plain.questions) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_second_question_is_never_led_elsewhere(plain: GitServer, into: Path, status: int) -> None:
    plain.spoil = lambda question, answer: (
        Answer(status, {"Location": f"{plain.url}/other/git-upload-pack"}) if question.method == "POST" else answer
    )
    refused(plain, into, "leads on from one address to the next")
    assert len(plain.questions) == 2


def test_a_download_from_elsewhere_that_the_server_offers_is_not_made(server: GitServer, into: Path) -> None:
    if server.speaker is with_dulwich:
        pytest.skip("only the second version of the protocol can offer one")
    offer = f"{'0' * 40} {server.url}/elsewhere.pack\n".encode()
    body = b"0013packfile-uris\n" + b"%04x" % (len(offer) + 4) + offer + b"0000"
    server.spoil = lambda question, answer: replace(answer, body=body) if len(server.questions) == 3 else answer
    refused(server, into, "is not what a git server sends")
    assert len(server.questions) == 3


def test_a_flood_of_branches_is_not_read(plain: GitServer, into: Path) -> None:
    line = b"%s refs/heads/%s\n" % (b"1" * 40, b"x" * 60_000)
    plain.answers(body=b"001e# service=git-upload-pack\n0000" + (b"%04x" % (len(line) + 4) + line) * 700)
    refused(plain, into, "larger than 32 MB")


def test_a_certificate_of_an_authority_that_nobody_knows_is_not_trusted(plain: GitServer, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with pytest.raises(BadSource, match="its certificate is not trusted"):
        fetched(plain, tmp_path / "course.zip", ca_certs=other)
    assert plain.questions == []


def test_a_certificate_of_another_server_is_not_trusted(tmp_path: Path) -> None:
    server = GitServer(tmp_path / "server", host="git.example.org")
    try:
        with pytest.raises(BadSource, match="its certificate is not trusted"):
            fetched(server, tmp_path / "course.zip")
        assert server.questions == []
    finally:
        server.close()


def test_a_server_that_does_not_encrypt_gets_no_question(tmp_path: Path, plain: GitServer, into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connected, _ = listening.accept()
            with connected:
                connected.recv(1)
                connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"https://localhost:{listening.getsockname()[1]}/course.git"
        with pytest.raises(BadSource, match=r"No secure connection|broke off"):
            fetch(address, into=into, meter=Meter(), ca_certs=plain.authority)
        thread.join()


def test_offline_is_said_to_be_offline(plain: GitServer, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with monkeypatch.context() as offline:
        offline.setattr(socket, "getaddrinfo", nobody)
        refused(plain, into, "The server localhost was not found")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(BadSource, match="The server localhost could not be reached"):
        fetch(f"https://localhost:{port}/course.git", into=into, meter=Meter(), ca_certs=plain.authority)


def test_a_public_name_that_leads_into_this_network_is_noticed_before_anything_is_sent(
    plain: GitServer, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", plain.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: inside)
    monkeypatch.setenv("SSL_CERT_FILE", str(plain.authority))
    with pytest.raises(BadSource, match=r"git\.example\.org leads into this network"):
        fetch("https://git.example.org/course.git", into=into, meter=Meter())
    assert plain.questions == []


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[GitServer, Proxy]]:
    """A server on the internet, as far as this computer can tell, and the proxy through which it is reached."""
    server = GitServer(tmp_path / "server", host="git.example.org")
    filled(server)
    proxy = Proxy(server.port)
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    yield server, proxy
    proxy.close()
    server.close()


def test_a_proxy_is_used_where_the_system_has_one(behind: tuple[GitServer, Proxy], into: Path) -> None:
    fetch("https://git.example.org/course.git", into=into, meter=Meter())
    assert members(into) == FILES
    assert set(behind[1].asked) == {"git.example.org:443"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.168.1.1", "[::1]", "169.254.169.254", "nas.local"])
def test_a_redirect_into_this_network_is_not_followed(behind: tuple[GitServer, Proxy], into: Path, host: str) -> None:
    leads(behind[0], f"https://{host}/course.git{REFS}")
    with pytest.raises(BadSource, match=r"git\.example\.org leads on to .* inside this network"):
        fetch("https://git.example.org/course.git", into=into, meter=Meter())
    assert len(behind[1].asked) == 1


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("http://127.0.0.1:9", "The proxy between this computer and git.example.org gave no connection"),
        ("127.0.0.1:9", "The proxy between this computer and git.example.org gave no connection"),
        ("socks5://127.0.0.1:9", "proxy is of a kind that cannot be used"),
        ("http://127.0.0.1:nine", "proxy is of a kind that cannot be used"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(
    into: Path, monkeypatch: pytest.MonkeyPatch, proxy: str, sentence: str
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(BadSource, match=sentence):
        fetch("https://git.example.org/course.git", into=into, meter=Meter())


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required"])
def test_a_proxy_that_refuses_is_told_from_a_server_that_does(
    behind: tuple[GitServer, Proxy], into: Path, status: str
) -> None:
    behind[1].status = status
    with pytest.raises(BadSource, match=r"The proxy between this computer and git\.example\.org gave no connection"):
        fetch("https://git.example.org/course.git", into=into, meter=Meter())


def test_a_proxys_password_goes_to_the_proxy_only(
    behind: tuple[GitServer, Proxy], into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = behind
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//teacher:p%40ss@"))
    fetch("https://git.example.org/course.git", into=into, meter=Meter())
    assert any(header.endswith("Basic dGVhY2hlcjpwQHNz") for header in proxy.headers)
    assert not any("authorization" in name for question in server.questions for name in question.headers)
