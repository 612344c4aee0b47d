"""What tests of PDFs share: draws flowables, texts and pages into a small PDF, and gives back what is in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from pypdf import PageObject, PdfReader
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer

from exportmanager.core.guide import ContentType, Guide, GuideAssessment, GuideNode, NodeKind
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.view import PAPERS, Edition, Missed, PdfView

MARGIN = 72.0
WIDTH = PAPERS["A4"][0] - 2 * MARGIN


class Files:
    """The files of a project, in memory."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._files = files or {}

    def paths(self) -> Sequence[str]:
        return list(self._files)

    def read(self, path: str) -> bytes:
        return self._files[path]


@dataclass(frozen=True)
class Shown:
    """A PDF that was drawn, what could not be as it was meant, and what it says."""

    data: bytes
    missed: Missed

    @cached_property
    def pages(self) -> list[PageObject]:
        return list(PdfReader(BytesIO(self.data)).pages)

    @cached_property
    def text(self) -> str:
        """All its words with single spaces; signs that only Unicode tells apart are the usual ones."""
        return " ".join(unicodedata.normalize("NFKC", "\n".join(page.extract_text() for page in self.pages)).split())

    @property
    def gaps(self) -> list[tuple[str, str]]:
        """What could not be drawn, and why."""
        return sorted(self.missed.counts)

    @property
    def links(self) -> list[str]:
        """The addresses and destinations that links of the document have, in order."""
        notes = [note.get_object() for page in self.pages for note in page.get("/Annots") or ()]
        actions = [note.get("/A", note) for note in notes]
        return [str(next(action[key] for key in ("/URI", "/D", "/Dest") if key in action)) for action in actions]


def view_of(
    *nodes: GuideNode,
    questions: Sequence[GuideAssessment] = (),
    files: Mapping[str, bytes] | None = None,
    edition: Edition | None = None,
    header: str = "",
) -> PdfView:
    """A view of a guide of these nodes."""
    guide = Guide(generation=3, nodes=nodes, assessments=tuple(questions), header_html=header)
    return PdfView(guide=guide, files=Files(files), edition=edition or Edition(), missed=Missed(), width=WIDTH)


def node_of(
    text: str, title: str = "", *, is_html: bool = False, name: str = "p1", teacher_only: bool = False
) -> GuideNode:
    """A page with this text."""
    kind = ContentType.HTML if is_html else ContentType.MARKDOWN
    return GuideNode(
        kind=NodeKind.PAGE, id=name, title=title, path=name, content=text, content_type=kind, teacher_only=teacher_only
    )


def pdf_of(flowables: Sequence[Flowable], missed: Missed | None = None, height: float = PAPERS["A4"][1]) -> Shown:
    """Flowables on pages as wide as A4; the same ones give the same bytes. `height` is that of the paper, in points."""
    out = BytesIO()
    paper = (PAPERS["A4"][0], height)
    document = BaseDocTemplate(out, pagesize=paper, invariant=1)
    frame = Frame(MARGIN, MARGIN, WIDTH, height - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("pages", [frame]))
    document.build(list(flowables) or [Spacer(1, 1)])
    return Shown(out.getvalue(), missed or Missed())


def shown(
    text: str,
    *questions: GuideAssessment,
    files: Mapping[str, bytes] | None = None,
    edition: Edition | None = None,
    is_html: bool = False,
    title: str = "",
    others: Sequence[GuideNode] = (),
) -> Shown:
    """A page with this text, drawn."""
    node = node_of(text, title, is_html=is_html)
    view = view_of(node, *others, questions=questions, files=files, edition=edition)
    flowables = page_flowables(node, view)
    return pdf_of(flowables, view.missed)
