"""Commands that take in what a teacher downloaded, or show first what of it would come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from exportmanager.cli.flags import flags_of
from exportmanager.cli.output import end_progress_line, gaps, note, progress_line, safe, show
from exportmanager.cli.reports import WITH_GAPS, print_report
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.arrivals import LEAVE_OUT, NEW, About, Choice, Link, Plan, State
from exportmanager.core.errors import BadOptions
from exportmanager.core.meter import Meter
from exportmanager.core.options import checked
from exportmanager.program import Program
from exportmanager.sources.arriving.look import Look
from exportmanager.sources.auto import SOURCE as AUTO
from exportmanager.sources.git import SOURCE as GIT

_STATES = {
    State.MATCHED: "is known",
    State.NEW: "new",
    State.CHOSEN: "as you said",
    State.LEFT_OUT: "left out",
    State.OPEN: "OPEN",
}
_dry_run = click.option("--dry-run", is_flag=True, help="Only show what would come in, and what is open.")


@click.command(AUTO.id, short_help=AUTO.summary)
@click.argument("places", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@_dry_run
@json_flag
@with_program
def import_auto(program: Program, /, places: tuple[Path, ...], dry_run: bool, as_json: bool, **values: Any) -> int:
    """Files and folders that a platform gave, or a project, recognised by what lies in them.

    Several are parts of one course; a course folder is a course of its own. What is open does not come in: --dry-run
    shows it with a KEY, and --match KEY=ANSWER settles it.
    """

    def bring(look: Look, meter: Meter) -> None:
        for place in dict.fromkeys(str(place.absolute()) for place in places):
            look.add(place, meter)

    return _take_in(program, bring, values, dry_run=dry_run, as_json=as_json)


@click.command(GIT.id, short_help=GIT.summary)
@click.argument("address", metavar=GIT.argument)
@_dry_run
@json_flag
@with_program
def import_git(program: Program, /, address: str, dry_run: bool, as_json: bool, **values: Any) -> int:
    """A project in a public git repository, by its https address: it becomes the published project of an assignment."""
    ref = values.pop("ref")

    def bring(look: Look, meter: Meter) -> None:
        look.add_git(address, ref, meter, GIT.ca_certs)

    return _take_in(program, bring, values, dry_run=dry_run, as_json=as_json)


import_auto.params[1:1] = flags_of(AUTO.Options)
import_git.params[1:1] = flags_of(GIT.Options)


def _take_in(
    program: Program, bring: Callable[[Look, Meter], None], values: dict[str, Any], *, dry_run: bool, as_json: bool
) -> int:
    options = checked(AUTO.Options, values)
    course = program.library.find_course(options.course) if options.course else None
    with stoppable() as stop, program.look() as look:
        meter = Meter(progress_line(), stop)
        bring(look, meter)
        plan = program.plan(look, course, options.title, options.settled)
        _refuse_unknown(plan, options.settled)
        if dry_run:
            end_progress_line()
            return _show_plan(plan, as_json=as_json)
        reports = program.take_in(look, course, options.title, options.settled, options.time_zone, meter)
    end_progress_line()
    if as_json:
        show([{"id": r.course_id, **r.model_dump(mode="json")} for r in reports], {}, as_json=True, empty="")
    else:
        for report in reports:
            click.echo(safe(f"{report.course_title} ({report.course_id}) is in the library."))
            print_report(report)
    return WITH_GAPS if any(not gap.chosen for report in reports for gap in report.gaps) else 0


def _refuse_unknown(plan: Plan, settled: Mapping[str, str]) -> None:
    links = {link.key: link for link in plan.links}
    ids: Mapping[About, Sequence[Choice]] = {About.STUDENT: plan.students, About.ASSIGNMENT: plan.assignments}
    for key, answer in settled.items():
        if key not in links:
            raise BadOptions(f"Nothing has the key {key[:80]}.", "See the keys with --dry-run.")
        link = links[key]
        answers = {LEAVE_OUT, link.to, *(choice.value for choice in (*link.candidates, *ids.get(link.about, ())))}
        if answer not in answers and not (answer == NEW and link.about in ids):
            raise BadOptions(f"{answer[:80]} is no answer to {key[:80]}.", "Give an id, + or -; see --dry-run.")


def _show_plan(plan: Plan, *, as_json: bool) -> int:
    if as_json:
        show([_plan_record(plan)], {}, as_json=True, empty="")
        return WITH_GAPS if plan.open else 0
    name = f"{plan.title} ({plan.course})" if plan.course else f"a new course, {plan.title}"
    click.echo(safe(f"Into {name}:"))
    pieces = [
        {"name": p.name, "kind": p.kind.value.replace("_", " "), "says": p.problem or p.says, "is": p.assignment}
        for p in plan.pieces
    ]
    columns = {"name": "Piece", "kind": "Is", "says": "Holds", "is": "Assignment"}
    show(pieces, columns, as_json=False, empty="Nothing was brought.")
    click.echo()
    links = [
        {"key": link.key, "is": _stands(link), "to": _means(link.to, link.to_words), "why": link.why}
        for link in plan.links
    ]
    columns = {"key": "Key", "is": "Is", "to": "Means", "why": "Why"}
    show(links, columns, as_json=False, empty="It names no students and no assignments.")
    gaps(plan.gaps)
    for link in plan.open:
        answers = ", ".join(f"{choice.value} ({choice.words})" for choice in link.candidates) or "an id, + or -"
        note(f"To settle {link.key}: --match '{link.key}=ANSWER', ANSWER being {answers}")
    return WITH_GAPS if plan.open else 0


def _stands(link: Link) -> str:
    return f"{_STATES[link.state]}, worth a look" if link.unsure else _STATES[link.state]


def _means(to: str, words: str) -> str:
    return f"{words} ({to})" if words and words != to else to


def _plan_record(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.course,
        "course": plan.course,
        "title": plan.title,
        "pieces": [
            {n: getattr(p, n) for n in ("place", "name", "kind", "says", "problem", "course", "assignment")}
            for p in plan.pieces
        ],
        "links": [
            {
                "key": link.key,
                "about": link.about,
                "label": link.label,
                "where": link.where,
                "state": link.state,
                "to": link.to,
                "why": link.why,
                "unsure": link.unsure,
                "candidates": [{"value": c.value, "words": c.words} for c in link.candidates],
            }
            for link in plan.links
        ],
        "counts": dict(plan.counts),
        "gaps": [gap.model_dump() for gap in plan.gaps],
    }
