"""What tests ask drawing processes to do: they import this module by name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

Tell = Callable[[Any], None]


def add(*numbers: int, tell: Tell) -> int:
    for number in numbers:
        tell(number)
    return sum(numbers)


def print_much(*, tell: Tell) -> str:
    print("this stands among the answers" * 10_000, flush=True)
    return "said"


def process(*, tell: Tell) -> int:
    return os.getpid()


def fail(what: str, *, tell: Tell) -> None:
    raise ValueError(what)


def die(*, tell: Tell) -> None:
    os._exit(3)


def never_end(*, tell: Tell) -> bool:
    """Holds Python's lock: no thread of Python can end it."""
    tell(os.getpid())
    return re.match(r"(a+)+$", "a" * 60 + "b") is not None


def take_memory(*, tell: Tell) -> int:
    return len(bytearray(4 << 30))


_held: list[int] = []


def hold(*, tell: Tell) -> int:
    """How much is held now."""
    _held.append(1)
    return len(_held)


def tidy(*, tell: Tell) -> None:
    _held.clear()
