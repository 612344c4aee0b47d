"""Notices that the library has changed, whichever process or thread changed it."""

from __future__ import annotations

import threading

from sqlalchemy import Connection, Engine

from exportmanager.library.db import data_version, sentences


class Watch:
    """Asks the database whether it changed, on a connection that does nothing else. For any thread; close it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        with sentences(engine):
            connection = engine.connect()
            connection.detach()  # it takes no place in the pool for as long as the window stands
            try:
                self._seen = data_version(connection)
            except BaseException:
                connection.close()
                raise
        self._connection: Connection | None = connection

    def has_changed(self) -> bool:
        """Whether anything was committed since this was last asked (or made); False once it is closed."""
        with self._lock:
            if self._connection is None:
                return False
            with sentences(self._engine):
                now = data_version(self._connection)
            before, self._seen = self._seen, now
            return now != before

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
