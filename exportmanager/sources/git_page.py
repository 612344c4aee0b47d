"""Understands the address of a page that shows a file of a repository, as people copy it from their browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PAGES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<repository>.+?)/-/(?:blob|raw|tree)/(?P<ref>[^/]+)/(?P<path>.+)",  # GitLab
        r"(?P<repository>[^/]+/[^/]+)/(?:src|raw)/(?:branch|tag)/(?P<ref>[^/]+)/(?P<path>.+)",  # Codeberg, Gitea
        r"(?P<repository>[^/]+/[^/]+)/(?:blob|raw|tree|edit)/(?:refs/(?:heads|tags)/)?(?P<ref>[^/]+)/(?P<path>.+)",
        r"(?P<repository>[^/]+/[^/]+)/src/(?P<ref>[^/]+)/(?P<path>.+)",  # Bitbucket
    )
)
_RAW_HOST = "raw.githubusercontent.com"
_RAW_PAGE = re.compile(r"(?P<repository>[^/]+/[^/]+)/(?:refs/(?:heads|tags)/)?(?P<ref>[^/]+)/(?P<path>.+)")


@dataclass(frozen=True, slots=True)
class InGit:
    """A file in a public git repository: its whole `path` there; `ref` is a branch or tag ("": the default branch)."""

    address: str
    path: str
    ref: str = ""


def split_page(address: str) -> InGit | None:
    """The repository, path and branch that the address of a file's page names; None for any other address.

    Where a branch has a / in its name, what follows it is taken for the path: a person has to look.
    """
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc:
        return None
    is_raw = host == _RAW_HOST
    path = parts.path.strip("/")
    found = next((found for page in ([_RAW_PAGE] if is_raw else _PAGES) if (found := page.fullmatch(path))), None)
    if found is None:
        return None
    place = "github.com" if is_raw else parts.netloc
    return InGit(f"https://{place}/{found['repository']}", unquote(found["path"]), unquote(found["ref"]))
