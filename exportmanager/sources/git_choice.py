"""What a git server is asked for: the newest of one branch or tag, or one object by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dulwich.client import FetchPackResult
from dulwich.objects import ObjectID
from dulwich.refs import Ref, check_ref_format

from exportmanager.core.errors import BadSource
from exportmanager.formats.untrusted import printable
from exportmanager.sources.git_address import AS_FILES, GitAddress
from exportmanager.sources.git_line import GitLimits, Line

_HEADS, _TAGS = b"refs/heads/", b"refs/tags/"


class BadRef(BadSource):
    """There is no such branch or tag."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a server is asked for: of a branch or tag all (`what` says so to people), or the one object `id` alone.

    `filter` is git's word for what of a branch may be left away; a server that knows none sends all.
    """

    ref: str = ""
    id: ObjectID | None = None
    filter: bytes | None = None
    what: str = "repository"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a server sent: the branch or tag `ref` ("": none has the name), and the id of its commit or tag object."""

    ref: str
    id: ObjectID


class Choice:
    """Picks the one branch or tag out of those that the server names, or what is asked for by its id.

    `depth` and `filter` are what is said besides: how much history, and what may be left away.
    """

    def __init__(self, asked: Asked, address: GitAddress, line: Line, limits: GitLimits) -> None:
        self._ref, self._address, self._line, self._limits = asked.ref.strip(), address, line, limits
        self._id, self.filter = asked.id, asked.filter
        self.depth = None if asked.id else 1
        self._sent = Sent("", ObjectID(b""))
        name = self._ref.encode("utf-8", "replace")
        if self._ref and not check_ref_format(Ref(_HEADS + name)):
            raise BadRef(f"{printable(self._ref)} cannot be the name of a branch or tag.", "Check its spelling.")
        self._names = (_HEADS + name, _TAGS + name) if name else (b"HEAD",)

    @property
    def prefixes(self) -> list[bytes]:
        """What the server is asked to name; all branches, to tell an empty repository from one without this branch."""
        return [*self._names, _HEADS] if self._id is None else [*self._names]

    def __call__(self, refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        """The object to ask for. Raises `BadSource`."""
        if self._id is not None:
            self._line.allowed = self._limits.bytes
            return [self._id]
        found = next((Ref(name) for name in self._names if name in refs), None)
        if found is None:
            raise self._missing(refs)
        if len(refs[found]) != 40:
            raise BadSource(f"{self._address.name} keeps its files in a form that cannot be read (SHA-256).", AS_FILES)
        self._sent = Sent(self._ref, refs[found])
        self._line.allowed = self._limits.bytes
        return [refs[found]]

    def _missing(self, refs: Mapping[Ref, ObjectID]) -> BadSource:
        branches = sorted(name for name in refs if name.startswith(_HEADS))
        if not branches:
            return BadSource(f"The repository {self._address.name} is empty: it has no branches.", "Check the address.")
        names = ", ".join(printable(_text(name), 40) for name in branches[:5]) + (", ..." if len(branches) > 5 else "")
        if not self._ref:
            return BadRef(f"{self._address.name} has no default branch.", f"Name a branch; there are: {names}.")
        return BadRef(
            f"{self._address.name} has no branch or tag called {printable(self._ref)}.",
            f"Choose another; its branches are: {names}.",
        )

    def sent(self, result: FetchPackResult) -> Sent:
        """What was chosen, by its own name also where it is the default branch."""
        default = result.symrefs.get(Ref(b"HEAD"), Ref(b""))
        return Sent(self._sent.ref or printable(_text(default)), self._sent.id)


def _text(ref: bytes) -> str:
    return ref.removeprefix(_HEADS).decode("utf-8", "replace")
