"""Keyed pseudonyms: stable for one key, and not to be resolved without it."""

from __future__ import annotations

import base64
import hashlib
import hmac


def pseudonym(key: bytes, purpose: str, identity: str) -> str:
    """A name such as ``P-7Q2MZ4KD3A`` for `identity`: 50 bits of HMAC-SHA256.

    Different purposes give names that cannot be matched with each other. Two of a million people share one with a
    probability of 1 in 2,000; within a course, `unique_pseudonyms` tells them apart.
    """
    assert key, "without a key everybody can work the names out"
    digest = hmac.new(key, f"{purpose}\0{identity}".encode(), hashlib.sha256).digest()
    return f"P-{base64.b32encode(digest)[:10].decode()}"


def unique_pseudonyms(key: bytes, purpose: str, identities: list[str]) -> dict[str, str]:
    """A pseudonym for each, no two alike."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for identity in sorted(set(identities)):
        name, number = pseudonym(key, purpose, identity), 1
        while name in used:
            number += 1
            name = pseudonym(key, f"{purpose} {number}", identity)
        used.add(name)
        found[identity] = name
    return found
