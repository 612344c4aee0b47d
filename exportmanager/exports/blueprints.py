"""Blueprints: the templates for guide pages of a course, as one JSON file that can be imported again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from pydantic import Field

from exportmanager.core.course import Blueprint, Course
from exportmanager.core.errors import BadOptions, NothingToExport
from exportmanager.core.export import Estimate, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import BlueprintChoice, Options
from exportmanager.core.report import Count, Report
from exportmanager.formats.blueprints import write_blueprint_file
from exportmanager.formats.untrusted import printable

_NAMED = 5


class BlueprintOptions(Options):
    """Which blueprints."""

    blueprints: BlueprintChoice = Field(
        default=None, title="Blueprints", description="Which blueprints, by name; all if none is named."
    )


class Blueprints:
    """The kind: see the module. Nothing in it is about people."""

    id = "blueprints"
    title = "Blueprints"
    section = Section.BLUEPRINTS
    summary = "The course's templates for guide pages, as one JSON file that another course can import."
    suffix = ".json"
    Options = BlueprintOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course can have some."""
        return None

    def estimate(self, course: Course, options: BlueprintOptions) -> Estimate:
        """How many, and exactly how large the file will be."""
        chosen = _chosen(course, options)
        return Estimate(len(write_blueprint_file(course.info, chosen)), counted(len(chosen), "blueprint"))

    def preview(self, course: Course, options: BlueprintOptions) -> None:
        """It is no table."""
        _chosen(course, options)

    def write(self, course: Course, options: BlueprintOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the file."""
        chosen = _chosen(course, options)
        data = write_blueprint_file(course.info, chosen)
        meter.stage("Writing", len(data))
        out.write(data)
        meter.advance(len(data))
        return Report(counts=(Count(thing="blueprints", expected=len(chosen), done=len(chosen)),))


KIND = Blueprints()


def _chosen(course: Course, options: BlueprintOptions) -> Sequence[Blueprint]:
    """The chosen ones, in the order of the course. Raises `NothingToExport`, `BadOptions` for a name that is none."""
    every = course.blueprints()
    if not every:
        raise NothingToExport("The course has no blueprints.", "Import some, or bring them in with the course.")
    if options.blueprints is None:
        return every
    chosen = [blueprint for blueprint in every if blueprint.name in options.blueprints]
    there = {blueprint.name for blueprint in chosen}
    unknown = [printable(name, 80) for name in dict.fromkeys(options.blueprints) if name not in there]
    if unknown:
        more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
        raise BadOptions(
            f"The course has no blueprint called {', '.join(unknown[:_NAMED])}{more}.", "Look at its blueprints again."
        )
    if not chosen:
        raise NothingToExport("No blueprint is chosen.", "Choose one or more.")
    return chosen
