"""BagIt 1.0 (RFC 8493): the texts of a bag, to write and to read.

Names in our bags are portable and hold no percent sign, so that the RFC's escapes and those of ``sha256sum`` are not
needed: the same manifests suit every tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from exportmanager.core.errors import Damaged
from exportmanager.formats.untrusted import printable

DECLARATION_NAME = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-{algorithm}.txt"
TAG_MANIFEST = "tagmanifest-{algorithm}.txt"
PAYLOAD = "data/"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LONGEST = 1_000
"""Letters of a value in ``bag-info.txt``."""
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
_ESCAPES = {"%0A": "\n", "%0D": "\r", "%25": "%"}
_ESCAPED = re.compile(r"%(?:0[AaDd]|25)")


def info_text(fields: Iterable[tuple[str, str]]) -> str:
    """The text of ``bag-info.txt``: labels and values, each on a line of its own."""
    shown = ((label, printable(" ".join(value.split()), _LONGEST)) for label, value in fields)
    return "".join(f"{label}: {value}\n" for label, value in shown if value)


def read_info(text: str) -> dict[str, str]:
    """The values of ``bag-info.txt`` by label; of several with one label the last. Indented lines go on."""
    found: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        if line[:1] in {" ", "\t"} and label:
            found[label] += f" {line.strip()}"
        elif ":" in line:
            label, _, value = line.partition(":")
            found[label] = value.strip()
    return found


def read_bag_manifest(text: str, name: str) -> dict[str, str]:
    """The hash (in small letters) of each file of a manifest, by path. Raises `Damaged`, which calls it `name`."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match is None:
            raise Damaged(f"Line {number} of {name} is damaged.")
        path = _ESCAPED.sub(lambda code: _ESCAPES[code[0].upper()], match[2]).removeprefix("./")
        if path in found:
            raise Damaged(f"{name} names a file twice, in line {number}.")
        found[path] = match[1].lower()
    return found


def manifest_text(hashes: Mapping[str, str]) -> str:
    """The text of a manifest."""
    return "".join(f"{digest}  {path}\n" for path, digest in hashes.items())
