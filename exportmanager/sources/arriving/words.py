"""Labels from outside compared as people would: letters composed, case and spaces ignored, and ids made of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

from exportmanager.core.names import folded, portable_part

_ID_LIMIT = 48


def same(text: str) -> str:
    """`text` as it is compared: compatibility forms made one, case ignored, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def slug(text: str) -> str:
    """`text` as the platform writes it in addresses: letters and digits, with one dash between them."""
    return re.sub(r"[\W_]+", "-", same(text)).strip("-")


def name_keys(name: str) -> set[str]:
    """The ways in which a person's full name may be written: as it is, surname first, as an address."""
    plain = same(name)
    if not plain:
        return set()
    keys = {plain, slug(plain)}
    if "," in plain:
        last, _, first = plain.partition(",")
        keys |= name_keys(f"{first.strip()} {last.strip()}")
    elif " " in plain:
        first, _, last = plain.rpartition(" ")
        keys |= {f"{last}, {first}", f"{last} {first}", slug(f"{last} {first}")}
    return keys - {""}


def stands_for(label: str, title: str) -> bool:
    """Whether a file may be called `label` after `title`: signs that names of files cannot hold became dashes."""
    pieces = [re.escape(piece) for piece in re.split(r"[-_]+", same(label))]
    return re.fullmatch(r"[\W_]+".join(pieces), same(title)) is not None


def new_id(text: str, is_taken: Callable[[str], bool], otherwise: str) -> str:
    """An id made of `text` that every system can hold and that nobody has; it begins with `otherwise` if need be."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")[:_ID_LIMIT].rstrip("-._")
    if len(base) < len(text) // 2 or not base or portable_part(base)[1]:  # too little of it is left to tell it by
        base = f"{otherwise}-{hashlib.blake2b(same(text).encode(), digest_size=4).hexdigest()}"
    found, number = base, 2
    while is_taken(folded(found)):
        found, number = f"{base}-{number}", number + 1
    return found
