"""What goes through the pipes between the program and its drawing processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Tell = Callable[[Any], None]
"""Says how far a call is; also that the process is still at it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a module, called with `arguments` and a `Tell` as ``tell``."""

    module: str
    function: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a call is."""

    value: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A call gave nothing: the type of the exception ("" where the process ended), and the places it came through."""

    kind: str = ""
    places: str = ""

    @property
    def is_exhaustion(self) -> bool:
        """Whether it took more time or memory than there is."""
        return self.kind in {"", "MemoryError"}


@dataclass(frozen=True, slots=True)
class Gone:
    """The process has ended."""


Message = Ready | Told | Answer | Failure | Gone
