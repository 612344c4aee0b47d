"""Real guides that are public: where a folder holds them, they are read whole; they carry no licence to be kept here.

Set EXPORTMANAGER_GUIDES to a folder that holds checkouts of codio-templates/guides-assessments-demo, as
``guides-assessments-demo``, and of codio-content/Java, as ``Java``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from guiding import is_sound

from exportmanager.core.guide import Guide
from exportmanager.core.trees import Findings
from exportmanager.formats.archives import open_tree
from exportmanager.formats.guides import files_of_tree, read_guide

GUIDES = os.environ.get("EXPORTMANAGER_GUIDES", "")


def real(name: str) -> Guide:
    project = Path(GUIDES) / name
    if not GUIDES or not project.is_dir():
        pytest.skip(f"EXPORTMANAGER_GUIDES names no folder with {name}: it is not kept here, as it has no licence")
    guide = read_guide(files_of_tree(open_tree(project), Findings()))
    assert guide is not None
    return guide


@pytest.mark.parametrize(
    ("name", "generation", "pages", "assessments", "shown"),
    [("guides-assessments-demo", 3, 28, 30, 18), ("Java", 2, 256, 244, 229)],
)
def test_a_real_guide_has_the_pages_and_assessments_that_it_should(
    name: str, generation: int, pages: int, assessments: int, shown: int
) -> None:
    guide = real(name)
    is_sound(guide)
    assert (guide.generation, guide.page_count, len(guide.assessments)) == (generation, pages, assessments)
    assert sum(1 for item in guide.assessments if item.page_ids) == shown
    assert all(node.content or not node.content_path for node in guide.pages()), "no page lost its text"


@pytest.mark.skipif(not GUIDES, reason="EXPORTMANAGER_GUIDES names no folder of real guides")
def test_every_real_guide_that_is_there_is_read() -> None:
    projects = [path for path in sorted(Path(GUIDES).iterdir()) if (path / ".guides").is_dir()]
    assert projects
    for project in projects:
        if guide := read_guide(files_of_tree(open_tree(project), Findings())):
            is_sound(guide)
