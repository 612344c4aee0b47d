"""JSON from outside: limited in size and depth, nothing in it lost or doubled, errors with file and line."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from exportmanager.core.errors import MalformedFile

SIZE_LIMIT = 64 << 20
DEPTH_LIMIT = 100


def read_json(path: Path, name: str) -> Any:
    """What a JSON file holds. Raises `MalformedFile`, which calls it `name`."""
    if not path.is_file():  # to open a pipe would wait for ever
        raise MalformedFile(name, 0, "it is not a file.")
    with path.open("rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    return parse_json(data, name)


def parse_json(data: bytes, name: str) -> Any:
    """What the bytes of a JSON file hold. Raises `MalformedFile`, which calls it `name`."""
    if len(data) > SIZE_LIMIT:
        raise MalformedFile(name, 0, f"it is larger than {SIZE_LIMIT >> 20} MB.")
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_without_twins)
    except json.JSONDecodeError as error:
        raise MalformedFile(name, error.lineno, f"this is not valid JSON ({error.msg}).") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MalformedFile(name, line, "the text is not UTF-8.", "Save it as UTF-8 and import again.") from error
    except RecursionError as error:
        raise MalformedFile(name, 0, "it is nested too deeply.") from error
    except _TwinError as error:
        raise MalformedFile(name, 0, f"the key {str(error)[:80]!r} stands twice in one object.") from error
    except ValueError as error:  # from `_refuse`, or a number of thousands of digits
        raise MalformedFile(name, 0, f"a number in it cannot be used ({str(error)[:80]}).") from error
    if _is_too_deep(value):
        raise MalformedFile(name, 0, "it is nested too deeply.")
    if "\\ud" in text.lower():
        _refuse_half_characters(value, name)
    return value


class _TwinError(ValueError):
    """A key that an object has twice: of two values one would be lost."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwinError(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # 1e999
        raise ValueError(text)
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return False
    return True


def _inside(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [inner for inner in item.values() if isinstance(inner, (dict, list))]
    return [inner for inner in item if isinstance(inner, (dict, list))] if isinstance(item, list) else []


def _refuse_half_characters(value: Any, name: str) -> None:
    """Escapes can spell half of a character, which no file and no database can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise MalformedFile(name, 0, f"it holds half of a character ({error.object[error.start]!a}).") from error
