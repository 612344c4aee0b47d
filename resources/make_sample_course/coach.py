"""The logs of the coach: authored questions and answers, asked by students while they worked on an assignment."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from make_sample_course.course import AUTHORED
from make_sample_course.programs import in_own_words
from make_sample_course.term import dice
from make_sample_course.visits import Work

ASKS = 0.34


@dataclass(frozen=True)
class CoachLog:
    """A question to the coach, what the coach knew, and its answer."""

    at: datetime
    work: Work
    authored: dict[str, Any]

    @property
    def files(self) -> str:
        """The student's files that the coach could see, as JSON."""
        mine = {path: text for variant in self.work.variants for path, text in variant.files.items()}
        shown = [
            {"path": path, "content": in_own_words(mine[path], path, self.work.person, tidy=True)}
            for path in self.authored["files"]
            if path in mine
        ]
        return json.dumps(shown, ensure_ascii=False) if shown else ""


def coach_logs(works: list[Work]) -> list[CoachLog]:
    """Let students ask the coach, the less sure ones more often; in order of time."""
    authored = json.loads((AUTHORED / "coach.json").read_text(encoding="utf-8"))
    logs = []
    for work in works:
        for number, question in enumerate(authored):
            chance = dice(work.person.id, "coach", str(number))
            if question["assignment"] == work.assignment.id and chance.random() < ASKS * (1.4 - work.person.skill):
                stay = chance.choice(work.stays)
                length = int((stay.closed - stay.opened).total_seconds())
                logs.append(CoachLog(stay.opened + timedelta(seconds=chance.randrange(length)), work, question))
    return sorted(logs, key=lambda log: (log.at, log.work.person.id))
