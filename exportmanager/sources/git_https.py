"""The careful client: asks a git server for one branch or tag, without its history, and writes down what it sends."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import urllib3
from dulwich.client import Urllib3HttpGitClient
from dulwich.errors import GitProtocolError
from dulwich.object_store import ObjectStoreGraphWalker
from urllib3.exceptions import HTTPError

from exportmanager.core.errors import BadSource, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.formats.untrusted import DAMAGE, printable
from exportmanager.sources.git_address import AS_FILES, CLONE_ADDRESS, GitAddress, checked_address
from exportmanager.sources.git_choice import Asked, Choice, Sent
from exportmanager.sources.git_line import GitLimits, Line, pools, trouble

LATER = "Try again later, or download the repository as a zip file and add that."
_REDIRECTS = 3
_REFS = "/info/refs?service=git-upload-pack"
_PACK = "/git-upload-pack"
_REFS_BYTES = 32 << 20
"""Names of branches and tags; the largest repositories have some megabytes of them."""
_PIECE = 64 << 10
_POLL = 0.1
_PATIENCE = 0.5  # seconds; only looking up a name and connecting cannot be woken, and both end by themselves
_NOT_UNDERSTOOD = (*DAMAGE, GitProtocolError, AssertionError, TypeError)
"""What dulwich raises, on purpose or not, when it stumbles over a server's answer."""


class NotUnderstood(BadSource):
    """A server refused in git's own words, or sent what makes no sense."""


def download(
    address: GitAddress, asked: Asked, pack: BinaryIO, meter: Meter, limits: GitLimits, ca_certs: Path | None
) -> Sent:
    """Write what is asked for into `pack`, without its history, as a git pack. Raises `BadSource`, `NoRoom`.

    The server is asked on a thread of its own: whatever that waits for, Stop and the end of the time are heard.
    """
    line = Line(_REFS_BYTES, asked.what)
    choice = Choice(asked, address, line, limits)
    answer: Future[Sent] = Future()

    def ask() -> None:
        try:
            answer.set_result(_asked(address, choice, _Written(pack), line, limits, ca_certs))
        except BaseException as error:  # whoever waits raises it
            answer.set_exception(error)

    asking = threading.Thread(target=ask, name="git", daemon=True)
    meter.stage(f"Downloading the {asked.what}")
    asking.start()
    try:
        _wait(answer, line, meter, limits, address)
    finally:
        line.cut()
        asking.join(_PATIENCE)
    return answer.result()


def _wait(answer: Future[Sent], line: Line, meter: Meter, limits: GitLimits, address: GitAddress) -> None:
    end, seen, done = time.monotonic() + limits.seconds, 0, False
    while not done:
        with contextlib.suppress(TimeoutError):
            answer.exception(timeout=_POLL)
        done, received = answer.done(), line.received
        meter.advance(received - seen)
        seen = received
        if not done and time.monotonic() > end:
            minutes = max(1, round(limits.seconds / 60))
            raise BadSource(f"{address.host} did not send the whole {line.what} within {minutes} minutes.", AS_FILES)


def _asked(
    address: GitAddress, choice: Choice, pack: _Written, line: Line, limits: GitLimits, ca_certs: Path | None
) -> Sent:
    manager = pools(address.host, line, limits, ca_certs)
    client = _Client(address, manager, line, inside=ca_certs is not None)
    nothing_known = ObjectStoreGraphWalker([], lambda _: [])
    try:
        return choice.sent(
            client.fetch_pack(
                "",
                choice,
                nothing_known,
                pack.write,
                depth=choice.depth,
                ref_prefix=choice.prefixes,
                filter_spec=choice.filter,
            )
        )
    except HTTPError as error:
        raise trouble(error, client.host) from error
    except _NOT_UNDERSTOOD as error:
        raise NotUnderstood(
            f"What {client.host} sent is cut off, or is not what a git server sends.",
            LATER,
            details=printable(f"{type(error).__name__}: {error}", 500),
        ) from error
    finally:
        manager.clear()


class _Written:
    """The pack file. Its errors are the disk's, and must not be taken for the server's."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            raise from_os_error(error, "downloading the repository") from error


class _Client(Urllib3HttpGitClient):
    """dulwich's client, but for how it makes requests: its own follows any redirect, also to another scheme."""

    def __init__(self, address: GitAddress, manager: urllib3.PoolManager, line: Line, *, inside: bool) -> None:
        super().__init__(address.url, pool_manager=manager, quiet=True)
        self.host = address.host
        self._line, self._inside = line, inside

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Any, Callable[[int], bytes]]:
        """The two requests that there are: which refs, and the pack. Redirects only for the first."""
        tail, kind = (_REFS, "advertisement") if data is None else (_PACK, "result")
        if not url.endswith(tail):  # a server may ask for a download from elsewhere
            raise GitProtocolError("it leads elsewhere")
        asked = url
        response = self._request(url, headers, data)
        for _ in range(_REDIRECTS if data is None else 0):
            if not (location := response.get_redirect_location()):
                break
            response.close()
            url = self._followed(url, location)
            response = self._request(url, headers, data)
        try:
            self._check(response, f"application/x-git-upload-pack-{kind}")
        except BadSource:
            response.close()
            raise
        response.content_type = response.headers["Content-Type"]  # type: ignore[attr-defined]  # dulwich wants these two
        response.redirect_location = url if url != asked else ""  # type: ignore[attr-defined]
        return response, lambda size: self._read(response, size)

    def _request(
        self, url: str, headers: dict[str, str] | None, data: bytes | Iterator[bytes] | None
    ) -> urllib3.HTTPResponse:
        self.host = urlsplit(url).hostname or self.host
        response = self.pool_manager.request(
            "GET" if data is None else "POST",
            url,
            headers={**self.pool_manager.headers, **(headers or {}), "Pragma": "no-cache"},
            body=data,
            redirect=False,
            preload_content=False,
        )
        assert isinstance(response, urllib3.HTTPResponse), "no other kind of response is made outside of browsers"
        return response

    def _followed(self, url: str, location: str) -> str:
        """Where a redirect leads, if it may. The address itself is not shown: it may hold a token."""
        try:
            new = urljoin(url, location)
            host = printable(urlsplit(new).hostname or "nowhere")
        except ValueError as error:
            raise BadSource(f"{self.host} leads on to what is no address.", CLONE_ADDRESS) from error
        if not new.startswith("https://"):
            raise BadSource(f"{self.host} leads on to an address that is not secure.", CLONE_ADDRESS)
        if not new.endswith(_REFS):
            raise BadSource(
                f"{self.host} leads on to a page of {host} that is no repository: it may be private.",
                "Only public repositories are fetched; check the address.",
            )
        try:
            return checked_address(new.removesuffix(_REFS), inside=self._inside).url + _REFS
        except BadSource as refused:
            why = f"{refused.what[:1].lower()}{refused.what[1:]}"
            raise BadSource(f"{self.host} leads on to {host}: {why}", refused.next_step) from refused

    def _check(self, response: urllib3.HTTPResponse, wanted: str) -> None:
        if response.get_redirect_location():
            raise BadSource(f"{self.host} leads on from one address to the next, without end.", CLONE_ADDRESS)
        if response.status != 200:
            raise _refusal(response.status, self.host)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind in {"text/html", "application/xhtml+xml"}:
            raise BadSource(f"{self.host} sent a web page: this is not the address of a repository.", CLONE_ADDRESS)
        if kind != wanted:
            raise BadSource(f"{self.host} did not answer as a git server does.", CLONE_ADDRESS)

    def _read(self, response: urllib3.HTTPResponse, size: int) -> bytes:
        """`size` bytes, fewer only at the end. Piece by piece: to wait for all of them would not notice a cut line."""
        pieces = []
        while size and (piece := response.read1(min(size, _PIECE))):
            self._line.count(len(piece))
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def _refusal(status: int, host: str) -> BadSource:
    check = "Check the address; only public repositories are fetched."
    if status == 401:
        return BadSource(f"{host} asks for a password: the repository is private, or is not there.", check)
    if status == 403:
        return BadSource(f"{host} does not allow to fetch this repository.", check)
    if status in {404, 410}:
        return BadSource(f"{host} has no repository at this address, or it is private.", check)
    if status == 429 or status >= 500:
        return BadSource(f"{host} is too busy or out of order (its answer was {status}).", "Try again later.")
    return BadSource(f"{host} answered with a code that is not expected here ({status}).", CLONE_ADDRESS)
