"""What a person can say of what comes in: which course it is of, and what was open."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from exportmanager.core.options import CourseChoice, Options, Several


class ArrivalOptions(Options):
    """Options of every source whose data are parts of a course."""

    course: CourseChoice = Field(
        default="",
        title="Course",
        description="The course of the library that it belongs to; without one, a new course is made.",
    )
    title: str = Field(default="", title="Title", description="What a new course is called.")
    time_zone: str = Field(
        default="UTC",
        title="Time zone",
        description="The time zone of a new course, such as Europe/Berlin: times that name no zone are in it.",
    )
    match: Several = Field(
        default=(),
        title="Answers",
        description="What something open means, as KEY=ANSWER: an id, + for new, - to leave it out.",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("there is no time zone of this name; one is called Europe/Berlin.")
        return name

    @field_validator("match")
    @classmethod
    def _are_answers(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [answer for answer in answers if "=" not in answer]:
            raise ValueError(f"{wrong[0][:80]} is not KEY=ANSWER.")
        return answers

    @property
    def settled(self) -> Mapping[str, str]:
        """The answers, by the keys of links. A key may hold the sign itself."""
        return {key: answer for key, _, answer in (text.rpartition("=") for text in self.match)}

    @property
    def zone(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.time_zone)
