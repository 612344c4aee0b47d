"""The line to a git server: HTTPS only, each byte counted, and cut from another thread at any moment."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from dulwich.client import default_user_agent_string
from urllib3 import exceptions
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from exportmanager.core.errors import BadSource
from exportmanager.formats.untrusted import printable
from exportmanager.sources.git_address import AS_FILES, is_inside

CONNECT_SECONDS = 15.0
AGAIN = "Check the network connection, and try again."


@dataclass(frozen=True, slots=True)
class GitLimits:
    """What a repository may cost: `bytes` sent and unpacked, `files` and folders, `seconds` in all and of `silence`."""

    bytes: int = 1 << 30
    files: int = 100_000
    seconds: float = 1_800.0
    silence: float = 60.0


class _CutError(Exception):
    """The line was cut; whoever did it knows why."""


class Line:
    """What is connected, and how much came over it: of `what` (in words), `allowed` bytes may come in all."""

    def __init__(self, allowed: int, what: str = "repository") -> None:
        self.what = what
        self.received = 0
        self.allowed = allowed
        self._lock = threading.Lock()
        self._cut = False
        self._sockets: list[socket.socket] = []

    def hold(self, connected: socket.socket) -> None:
        """Watch a new connection. A copy of it is kept: TLS takes the connection itself away from who made it."""
        with self._lock:
            if self._cut:
                raise _CutError
            self._sockets.append(connected.dup())

    def count(self, size: int) -> None:
        """So many bytes came. Raises `BadSource` for too many."""
        self.received += size
        if self._cut:
            raise _CutError
        if self.received > self.allowed:
            raise BadSource(f"The {self.what} is larger than {self.allowed >> 20:,} MB, and is not fetched.", AS_FILES)

    def cut(self) -> None:
        """End every connection; whoever reads from one wakes up, and no new one is made."""
        with self._lock:
            self._cut = True
            for held in self._sockets:
                try:
                    held.shutdown(socket.SHUT_RDWR)
                except OSError:  # the server has gone already
                    continue
                finally:
                    held.close()
            self._sockets.clear()


def pools(host: str, line: Line, limits: GitLimits, ca_certs: Path | None) -> urllib3.PoolManager:
    """What makes connections for requests to `host`: through the system's proxy where it has one, else straight.

    `ca_certs` is a file with authorities to trust instead of the system's. Raises `BadSource`.
    """
    proxy = "" if proxy_bypass(host) else getproxies().get("https", "")
    options = {
        "headers": {"User-Agent": default_user_agent_string()},  # some servers answer only to git
        "retries": False,
        "timeout": urllib3.Timeout(connect=min(CONNECT_SECONDS, limits.silence), read=limits.silence),
        "cert_reqs": "CERT_REQUIRED",
        "ca_certs": str(ca_certs) if ca_certs else None,
    }
    manager = _through(proxy, options) if proxy else urllib3.PoolManager(**options)  # type: ignore[arg-type]
    manager.pool_classes_by_scheme = {"https": _watched(line, may_be_inside=bool(proxy or ca_certs))}
    return manager


def _through(proxy: str, options: dict[str, object]) -> urllib3.PoolManager:
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        headers = urllib3.make_headers(proxy_basic_auth=login)
        return urllib3.ProxyManager(url, proxy_headers=headers, **options)  # type: ignore[arg-type]
    except (ValueError, exceptions.HTTPError, exceptions.ProxySchemeUnknown) as error:
        raise BadSource("This computer's proxy is of a kind that cannot be used here.", AS_FILES) from error


def _watched(line: Line, may_be_inside: bool) -> type[HTTPSConnectionPool]:
    """Connections that `line` holds, and that lead out of this computer's network.

    A name on the internet may stand for an address inside, also that of a redirect. Nothing was sent when it is found.
    """

    class Connection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            try:
                line.hold(connected)
                if not may_be_inside and is_inside(connected.getpeername()[0]):
                    raise BadSource(
                        f"{self.host} leads into this network, and only what is on the public internet is fetched.",
                        AS_FILES,
                    )
            except BaseException:
                connected.close()
                raise
            return connected

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


_TROUBLES: tuple[tuple[type[Exception], str, str], ...] = (
    (exceptions.ProxyError, "The proxy between this computer and {host} gave no connection.", AGAIN),
    (exceptions.SSLError, "No secure connection to {host} could be made.", AGAIN),
    (exceptions.NameResolutionError, "The server {host} was not found.", "Check the address and the network."),
    (exceptions.ConnectTimeoutError, "The server {host} could not be reached.", AGAIN),
    (exceptions.TimeoutError, "The server {host} stopped answering.", "Try again later."),
    (exceptions.HTTPError, "The connection to {host} broke off.", AGAIN),
)
"""What errors of a connection mean; the first that fits counts."""


def trouble(error: exceptions.HTTPError, host: str) -> BadSource:
    """The problem that an error of the connection to `host` means."""
    details = printable(f"{type(error).__name__}: {error}", 500)
    if isinstance(error, exceptions.SSLError) and isinstance(error.args[0], ssl.SSLCertVerificationError):
        return BadSource(
            f"{host} could not prove that it is {host}: its certificate is not trusted.",
            "Check the address and this computer's clock, or ask who runs the network.",
            details=details,
        )
    what, next_step = next((what, step) for kind, what, step in _TROUBLES if isinstance(error, kind))
    return BadSource(what.format(host=host), next_step, details=details)
