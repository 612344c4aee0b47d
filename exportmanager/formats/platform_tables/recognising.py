"""Tells which of the platform's tables a table is: by its columns, in any order, and never by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exportmanager.formats.platform_tables.answer_columns import AnswerColumns, answer_columns
from exportmanager.formats.platform_tables.columns import SPEC_OF, SPECS, Spec, TableKind, fields_of
from exportmanager.formats.platform_tables.lti_addresses import is_address
from exportmanager.formats.tables import key_of
from exportmanager.formats.untrusted import printable

_SHOWN = 5


@dataclass(frozen=True)
class Recognition:
    """What a table is: its `kind`, None for unknown. `sureness`, from 0 to 1: the share of its columns that are known.

    `fields` says where the known columns stand, `assessments` which belong to each assessment. Where `kind` is None,
    `nearest` is what the table looks most like, and `missing` the columns that it lacks for that.
    """

    kind: TableKind | None
    sureness: float = 0.0
    fields: Mapping[str, int] = field(default_factory=dict)
    assessments: Sequence[AnswerColumns] = ()
    nearest: TableKind | None = None
    missing: tuple[str, ...] = ()
    header: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """One sentence on what it is."""
        if self.kind:
            return f"This is {SPEC_OF[self.kind].words}{'' if self.kind.is_needed else ', which is not needed here'}."
        if self.nearest:
            words = SPEC_OF[self.nearest].words
            return f"This is not {words}, which it is nearest to: there is no column {' and no '.join(self.missing)}."
        shown = ", ".join(printable(name, 40) for name in self.header[:_SHOWN])
        return f"This is no table of the platform's; its columns are {shown}{' …' * (len(self.header) > _SHOWN)}."


def recognise(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Recognition:
    """What a table is by its `header`; LTI addresses are known by their form, in some of its rows (`sample`)."""
    keys = {key_of(name) for name in header}
    specs = [spec for spec in SPECS if not keys.intersection(map(key_of, spec.foreign))]
    candidates = [_Candidate(spec, header, sample) for spec in specs]
    for candidate in candidates:
        if not candidate.missing:
            return candidate.recognition()
    likely = [c for c in candidates if c.spec.kind.is_needed and c.spec.kind is not TableKind.LTI_URLS]
    near = max(likely, key=lambda c: (c.telling, len(c.fields), -len(c.missing)))
    if not near.fields:
        return Recognition(None, header=tuple(header))
    return Recognition(None, header=tuple(header), nearest=near.spec.kind, missing=near.missing)


class _Candidate:
    """A table, taken for one of a kind."""

    def __init__(self, spec: Spec, header: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
        self.spec = spec
        self.header = header
        self.fields = fields_of(header, spec.columns)
        if spec.kind is TableKind.LTI_URLS and (addresses := _addresses(sample)):
            self.fields["url"] = addresses[0]
        self.assessments = answer_columns(header, set(self.fields.values())) if spec.wide else []
        known = {part for assessment in self.assessments for part in assessment.columns}
        self.telling = len(self.fields.keys() & spec.telling) + bool(spec.wide and known >= spec.wide)

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that it lacks: of each group the most usual one, and as many telling ones as it takes."""
        columns = self.spec.columns
        groups = [group for group in self.spec.needed if not group & self.fields.keys()]
        needed = [next(names[0] for name, names in columns.items() if name in group) for group in groups]
        others = [columns[name][0] for name in self.spec.telling if name not in self.fields]
        others = [name for name in others if name not in needed]
        return (*needed, *others[: max(0, self.spec.least - self.telling)])

    def recognition(self) -> Recognition:
        known = len(self.fields) + sum(len(assessment.columns) for assessment in self.assessments)
        return Recognition(
            self.spec.kind, known / len(self.header), self.fields, self.assessments, header=tuple(self.header)
        )


def _addresses(sample: Sequence[Sequence[str]]) -> list[int]:
    """The columns with LTI addresses."""
    return sorted({index for cells in sample for index, cell in enumerate(cells) if is_address(cell)})
