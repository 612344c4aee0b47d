"""The rows of the table of settings, and the keys among them, which are made when they are first needed."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from exportmanager.core.errors import LibraryDamaged
from exportmanager.library import tables as t
from exportmanager.library.db import reading, writing

PSEUDONYM_KEY = "pseudonym-key"
PRIVACY_KEY = "privacy-key"


def setting(engine: Engine, name: str, default: Any = None) -> Any:
    """The value of a row."""
    with reading(engine) as connection:
        row = connection.execute(select(t.Settings.value).where(t.Settings.name == name)).first()
    return default if row is None else row[0]


def set_setting(engine: Engine, name: str, value: Any) -> None:
    """Keep a value; None forgets it."""
    with writing(engine) as connection:
        connection.execute(delete(t.Settings).where(t.Settings.name == name))
        if value is not None:
            connection.execute(insert(t.Settings).values(name=name, value=value))


def key_of(engine: Engine, name: str) -> bytes:
    """A key of this library, made by chance where there is none. Raises `LibraryDamaged`."""
    stored = setting(engine, name)
    if stored is None:
        with writing(engine) as connection:  # another process may be making one as well: the first one stays
            stored = connection.execute(select(t.Settings.value).where(t.Settings.name == name)).scalar()
            if stored is None:
                stored = secrets.token_hex(32)
                connection.execute(insert(t.Settings).values(name=name, value=stored))
    try:
        return bytes.fromhex(stored)
    except (TypeError, ValueError) as error:
        raise LibraryDamaged("The library's key for pseudonyms is damaged.", "Set a new one.") from error
