"""How a page is to be drawn: of which guide, for whom, and with which pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from exportmanager.core.guide import Guide, GuideAssessment
from exportmanager.formats.answers import Say, plain


@dataclass(frozen=True, kw_only=True)
class PageView:
    """`why_not` says why a picture of the project (its path) is not shown, and "" where it is.

    `for_teacher`: with what students do not see, marked as such. `unfolded` are ids of assessments that are shown as
    they came. `say` puts our own words into the reader's language.
    """

    guide: Guide
    why_not: Callable[[str], str]
    for_teacher: bool = True
    unfolded: frozenset[str] = frozenset()
    say: Say = plain

    @cached_property
    def assessments(self) -> dict[str, GuideAssessment]:
        """The assessments of the guide by their ids; of several with one id the first."""
        return {item.id: item for item in reversed(self.guide.assessments)}

    @cached_property
    def pages_by_title(self) -> dict[str, str]:
        """The ids of chapters, sections and pages by their titles; of several with one title the first."""
        return {node.title.strip(): node.id for node in reversed(list(self.guide.walk()))}
