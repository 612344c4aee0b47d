"""A git server on this machine that speaks HTTPS, with repositories as a test makes them, and answers as it wants."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import trustme
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from exportmanager.core.meter import Meter
from exportmanager.sources.git_fetch import Fetched, fetch

FILE, PROGRAM, FOLDER, LINK, SUBMODULE = 0o100644, 0o100755, 0o040000, 0o120000, 0o160000
COMMITTED_AT = 1_772_445_600  # 2 March 2026, 10:00 UTC


class Repository:
    """A repository of its own, whose objects may be what git itself would never write."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.repo = Repo.init_bare(str(folder), default_branch=b"main")

    def add(self, thing: ShaFile) -> ObjectID:
        self.repo.object_store.add_object(thing)
        return thing.id

    def blob(self, data: bytes) -> ObjectID:
        return self.add(Blob.from_string(data))

    def tree(self, *entries: tuple[int, bytes, bytes]) -> ObjectID:
        """A folder's list: mode, name and object id of each, in this order."""
        raw = b"".join(b"%o %s\0%s" % (mode, name, bytes.fromhex(id.decode())) for mode, name, id in entries)
        return self.add(ShaFile.from_raw_string(Tree.type_num, raw))

    def folder(self, files: dict[str, bytes]) -> ObjectID:
        """The folder with these files, by their paths."""
        inner: dict[str, dict[str, bytes]] = {}
        entries = []
        for path, data in files.items():
            first, _, rest = path.partition("/")
            if rest:
                inner.setdefault(first, {})[rest] = data
            else:
                entries.append((FILE, first.encode(), self.blob(data)))
        entries += [(FOLDER, name.encode(), self.folder(below)) for name, below in inner.items()]
        return self.tree(*sorted(entries, key=lambda entry: entry[1] + b"/" * (entry[0] == FOLDER)))

    def commit(self, root: ObjectID, branch: str = "main", at: int = COMMITTED_AT, message: bytes = b"") -> ObjectID:
        """A commit with the tree `root`, after what the branch has, and the branch's newest from now on."""
        ref = Ref(f"refs/heads/{branch}".encode())
        commit = Commit()
        commit.tree = root
        commit.parents = [self.repo.refs[ref]] if ref in self.repo.refs else []
        commit.author = commit.committer = b"Sample Teacher <teacher@example.org>"
        commit.commit_time = commit.author_time = at
        commit.commit_timezone = commit.author_timezone = 3600
        commit.message = message
        self.repo.refs[ref] = self.add(commit)
        return commit.id

    def tag(self, name: str, target: ObjectID, kind: type[ShaFile] = Commit) -> ObjectID:
        """An annotated tag."""
        tag = Tag()
        tag.name, tag.object, tag.message = name.encode(), (kind, target), b"a tag"
        tag.tagger = b"Sample Teacher <teacher@example.org>"
        tag.tag_time, tag.tag_timezone = COMMITTED_AT, 0
        self.repo.refs[Ref(f"refs/tags/{name}".encode())] = self.add(tag)
        return tag.id


@dataclass
class Question:
    """A request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What is sent: of `body` all, or what comes before `ends`; then the line is cut, or `stalls`, or is `slow`."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ends: int | None = None
    stalls: bool = False
    slow: bool = False
    chunked: bool = False


Speaker = Callable[[dict[str, Path], Question], Answer]


def with_dulwich(repositories: dict[str, Path], question: Question) -> Answer:
    """The true answer, by dulwich's server, which speaks the first version of the protocol."""
    sent: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": question.method,
        "PATH_INFO": question.path,
        "QUERY_STRING": question.query,
        "CONTENT_TYPE": question.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(question.body)),
        "wsgi.input": BytesIO(question.body),
    }

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        sent.update(status=int(status[:3]), headers=dict(headers), written=[])
        return sent["written"].append  # type: ignore[no-any-return]

    with contextlib.ExitStack() as stack:
        opened: Any = {path: stack.enter_context(Repo(str(folder))) for path, folder in repositories.items()}
        body = b"".join(make_wsgi_chain(DictBackend(opened))(environ, start))
    return Answer(sent["status"], sent["headers"], b"".join(sent["written"]) + body)


def with_git(repositories: dict[str, Path], question: Question) -> Answer:
    """The true answer, by git's own server, which speaks the second version of the protocol."""
    path, folder = next(pair for pair in repositories.items() if question.path.startswith(pair[0]))
    environ = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PROTOCOL": question.headers.get("git-protocol", ""),
        "REQUEST_METHOD": question.method,
        "PATH_INFO": question.path.removeprefix(path),
        "QUERY_STRING": question.query,
        "CONTENT_TYPE": question.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(question.body)),
    }
    # it ends with 1 where it refuses something, after it has answered why
    done = subprocess.run(["git", "http-backend"], check=False, env=environ, input=question.body, capture_output=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return Answer(int(headers.pop("Status", "200")[:3]), headers, body)


class GitServer:
    """Answers at `url`; whoever trusts `authority` trusts it. `spoil` may change an answer before it is sent.

    `questions` are the requests so far; `reached` is set once an answer stalls.
    """

    def __init__(self, folder: Path, *, speaker: Speaker = with_dulwich, host: str = "localhost") -> None:
        self.folder, self.speaker = folder, speaker
        folder.mkdir(exist_ok=True)
        self.repositories: dict[str, Path] = {}
        self._open: list[Repository] = []
        self.questions: list[Question] = []
        self.spoil: Callable[[Question, Answer], Answer] = lambda _, answer: answer
        self.reached, self.released = threading.Event(), threading.Event()
        self.authority = folder / "authority.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self._server.server_address[1])
        self.url = f"https://localhost:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def repository(self, name: str = "course") -> Repository:
        """A new repository, at `url`/`name`.git."""
        self.repositories[f"/{name}.git"] = self.folder / name
        self._open.append(Repository(self.folder / name))
        return self._open[-1]

    def answers(self, *, first: Answer | None = None, **changes: Any) -> None:
        """Answer from now on with `first` for each request, or with the true answer changed so."""
        self.spoil = lambda _, answer: first or replace(answer, **changes)

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for repository in self._open:
            repository.repo.close()

    def answer(self, question: Question) -> Answer:
        self.questions.append(question)
        known = any(question.path.startswith(f"{path}/") for path in self.repositories)
        return self.spoil(question, self.speaker(self.repositories, question) if known else Answer(404))


class _Server(ThreadingHTTPServer):
    owner: GitServer
    daemon_threads = False  # all have ended when it is closed


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        self.request.settimeout(20)
        super().setup()

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # those who ask hang up whenever they like
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self._send(self.server.owner.answer(Question(self.command, path, query, headers, body)))

    def _send(self, answer: Answer) -> None:
        if answer.stalls and answer.ends is None:
            self._stall()
            return
        self.send_response(answer.status)
        length = {"Transfer-Encoding": "chunked"} if answer.chunked else {"Content-Length": str(len(answer.body))}
        for name, value in {**answer.headers, **length}.items():
            self.send_header(name, value)
        self.end_headers()
        self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        body = answer.body[: answer.ends]
        if answer.chunked:
            body = b"%x\r\n%s" % (len(answer.body), body) + b"\r\n0\r\n\r\n" * (answer.ends is None)
        step = 1 if answer.slow else len(body) or 1
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            if answer.slow and self.server.owner.released.wait(0.01):
                return
        if answer.stalls:
            self._stall()
        elif answer.ends is not None:
            self.close_connection = True

    def _stall(self) -> None:
        self.server.owner.reached.set()
        self.server.owner.released.wait(20)
        self.close_connection = True


def fetched(server: GitServer, into: Path, *, meter: Meter | None = None, **options: Any) -> Fetched:
    """Fetch the repository `course` of the server into the zip `into`."""
    options = {"ca_certs": server.authority} | options
    return fetch(f"{server.url}/course.git", into=into, meter=meter or Meter(), **options)


def asking() -> list[threading.Thread]:
    """The threads that still talk to a server."""
    return [thread for thread in threading.enumerate() if thread.name == "git"]


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=5) as listening:
        yield int(listening.getsockname()[1])


class Proxy:
    """A web proxy that leads every connection to one port of this machine, and remembers what it was asked."""

    def __init__(self, port: int) -> None:
        self.status = "200 OK"
        self.asked: list[str] = []
        self.headers: list[str] = []
        proxy = self

        class Tunnel(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                proxy.asked.append(self.rfile.readline().decode().split()[1])
                while header := self.rfile.readline().decode().strip():
                    proxy.headers.append(header)
                self.wfile.write(f"HTTP/1.1 {proxy.status}\r\n\r\n".encode())
                if proxy.status != "200 OK":
                    return
                with socket.create_connection(("127.0.0.1", port)) as server:
                    back = threading.Thread(target=pump, args=(server, self.connection))
                    back.start()
                    pump(self.connection, server)
                    back.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Carry over what comes, and its end."""
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
