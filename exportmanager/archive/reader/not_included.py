"""The table of what is not in an archive, and why."""

from __future__ import annotations

from collections.abc import Iterator

from exportmanager.archive.filling import Contents
from exportmanager.archive.reader.markup import head_row, text
from exportmanager.core.archive import Certificate


def not_included(contents: Contents, certificate: Certificate) -> Iterator[str]:
    """What is missing, what was left out, and which exports the course does not have."""
    yield '<h2 id="not-included">Not included, because</h2>\n'
    rows = list(_rows(contents, certificate))
    if not rows:
        yield "<p>Nothing that was asked for is missing.</p>\n"
        return
    yield f'<div class="wide"><table data-sort>{head_row("What", "Whose", "Because", "Counts as")}<tbody>\n'
    for what, who, why, said in rows:
        yield f'<tr><th scope="row">{text(what)}</th><td>{text(who)}</td><td>{text(why)}</td><td>{said}</td></tr>\n'
    yield "</tbody></table></div>\n"


def _rows(contents: Contents, certificate: Certificate) -> Iterator[tuple[str, str, str, str]]:
    for gap in sorted(certificate.gaps, key=lambda gap: gap.chosen):  # what nobody wanted comes first
        yield gap.what, gap.who, gap.why, "left out on purpose" if gap.chosen else "a gap"
    told = {gap.what for gap in certificate.gaps}
    for one in contents.included:
        if one.why_not and one.title not in told:
            yield one.title, "", one.why_not, "nothing to include"
