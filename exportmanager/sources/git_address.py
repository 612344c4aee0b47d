"""Which addresses of git repositories are taken: public ones over HTTPS, without credentials."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from exportmanager.core.errors import BadSource
from exportmanager.formats.untrusted import printable

CLONE_ADDRESS = "Give the address that the repository's page shows for cloning with HTTPS."
AS_FILES = "Download the repository as a zip file, and add that."
AS_FOLDER = "Add the folder itself instead."
_LONGEST = 2_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//|:)")
_LOCAL = re.compile(r"[/~.\\]|[A-Za-z]:[/\\]")
_SSH = re.compile(r"(?!https?:)[^/:]+:.+|[^/@]+@.+")
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        ("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3")
        + ("::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
"""This computer, this network, and addresses of many. Not 100.64/10 and 198.18/15, in which some networks' filters
place the whole internet."""
_INSIDE_NAMES = ("localhost", "local", "localdomain", "internal", "lan", "home.arpa")


@dataclass(frozen=True, slots=True)
class GitAddress:
    """A repository's address: `url` as it is asked for, its `host`, and the repository's `name` for people."""

    url: str
    host: str
    name: str


def checked_address(untrusted: str, *, inside: bool = False) -> GitAddress:
    """The address that somebody wrote. `inside` takes one in this computer's own network too. Raises `BadSource`.

    No refusal repeats the address: it may hold a password.
    """
    text = untrusted.strip()
    _check_scheme(text)
    if len(text) > _LONGEST or "\\" in text or any(unicodedata.category(c)[0] in "CZ" for c in text):
        raise BadSource("The address holds characters that no address has.", CLONE_ADDRESS)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadSource("This is not a valid address.", CLONE_ADDRESS) from error
    if "@" in parts.netloc:
        raise BadSource(
            "The address holds a name or password, and those are not sent.",
            "Remove what stands before the @, and give the address of a public repository.",
        )
    host, path = _host_of(parts), _path_of(parts)
    if not inside and is_inside(host):
        raise BadSource(
            f"{printable(host)} is inside this network, and only repositories on the public internet are fetched.",
            AS_FILES,
        )
    place = f"[{host}]" if ":" in host else host
    url = f"https://{place}{'' if port in {None, 443} else f':{port}'}/{path}"
    name = unquote(path.rpartition("/")[2]).removesuffix(".git")
    return GitAddress(url, host, printable(name) or host)


def is_inside(host: str) -> bool:
    """Whether a host, as its number or its name says, is on this computer or in its network, and not on the internet.

    A name that says nothing may lead there all the same: see `git_line`, which looks again once it is connected.
    """
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "." not in host or host.endswith(tuple(f".{name}" for name in _INSIDE_NAMES))
    if number.version == 6:
        number = number.ipv4_mapped or number.sixtofour or number
    return any(number in network for network in _INSIDE)


def _check_scheme(text: str) -> None:
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found and found[2] == "//" else ""
    if scheme == "https":
        return
    if not text:
        raise BadSource("No address was given.", CLONE_ADDRESS)
    if scheme == "file" or (not found and _LOCAL.match(text)):
        raise BadSource("This is a place on this computer, not an address.", AS_FOLDER)
    if scheme in {"http", "git", "ftp", "ftps"}:
        raise BadSource(f"An address with {scheme}:// is not secure.", "Give the address that begins with https://.")
    if scheme in {"ssh", "git+ssh", "ssh+git"} or (not found and _SSH.match(text)):
        raise BadSource(
            "This is an SSH address, which works only with a key.", "Give the address that begins with https://."
        )
    if found:
        raise BadSource("Addresses of this kind are not fetched.", "Give the address that begins with https://.")
    raise BadSource("The address does not begin with https://.", CLONE_ADDRESS)


def _host_of(parts: SplitResult) -> str:
    """The host in small letters, in the spelling of the domain name system."""
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise BadSource("The address names no server.", CLONE_ADDRESS)
    try:
        return str(ipaddress.ip_address(host)) if ":" in host else _spelled(host)
    except ValueError as error:
        raise BadSource("The address names no valid server.", CLONE_ADDRESS) from error


def _spelled(host: str) -> str:
    ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    if len(ascii_host) > 253 or not _HOST.fullmatch(ascii_host):
        raise ValueError("no host has such a name")
    return ascii_host


def _path_of(parts: SplitResult) -> str:
    if parts.query or parts.fragment:
        raise BadSource("The address of a repository has no ? and no #.", CLONE_ADDRESS)
    path = parts.path.strip("/")
    if not path:
        raise BadSource("The address names a server and no repository.", CLONE_ADDRESS)
    if any(part in {"", ".", ".."} for part in unquote(path).split("/")):
        raise BadSource("The address leads up or nowhere with parts like .. or //.", CLONE_ADDRESS)
    return quote(path, safe="/%:@!$&'()*+,;=~-._")
