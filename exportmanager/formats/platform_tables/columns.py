"""The columns of the platform's tables: as documented, and as they are also met; what each kind of table must have.

The names of access data and of LTI addresses are documented in words only, so that more of them are tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from exportmanager.formats.platform_tables.answer_columns import AnswerPart
from exportmanager.formats.tables import key_of


class TableKind(StrEnum):
    """What a table is."""

    BULK_SETTINGS = "bulk_settings"
    TAGS = "tags"
    GROUPS = "groups"
    CONSENT = "consent"
    LTI_URLS = "lti_urls"
    COACH = "coach"
    ACCESS = "access"
    ASSESSMENT_DATA = "assessment_data"
    ASSIGNMENT_CSV = "assignment_csv"
    ROSTER = "roster"

    @property
    def is_needed(self) -> bool:
        """Whether it holds something of a course that comes in."""
        return self not in _NOT_NEEDED


_NOT_NEEDED = {TableKind.BULK_SETTINGS, TableKind.TAGS, TableKind.GROUPS, TableKind.CONSENT}

Columns = Mapping[str, tuple[str, ...]]
"""The names of the column of each field: first the documented one, or the usual one."""


def _named(**columns: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(names.split("|")) for name, names in columns.items()}


PERSON: Columns = _named(
    name="Student_Name|Name|Full name|User full name|Learner|Learner name|Display name",
    first_name="First_Name|Given name|Forename|Student first name",
    last_name="Last_Name|Surname|Family name|Student last name",
    username="Username|Login|Login name|Login ID|User login|Student username|Student login|Codio username",
    email="Email Address|Email|Registered email|User_email|Student_email|Mail|Registered email address|"
    "Users registered email address",
    user_id="User_id|Codio user ID|Student_id|Codio ID|UUID",
    hashed_id="Hashed_ID|Hash ID|Hashed user ID",
    lti_id="LTI ID|LTI user ID|User LTI ID",
    role="Role in course|Role in class|Role|Course role|User role",
)
"""Who a row is about: the fields of `Person`."""

_WHO = frozenset(PERSON) - {"role"}
_IDS = _WHO - {"name", "first_name", "last_name"}
_ASSIGNMENT = _named(assignment_name="Assignment_Name|Assignment|Assignment title|Book name|Unit name")
_SPENT = _named(time_spent_seconds="Time_Spent|Time_spent_seconds|Seconds_spent")


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What makes a table one of a kind: a column of each group in `needed`, and at least `least` of the `telling` ones.

    `wide` are the columns there are for each assessment that tell it as well, as much as one of the `telling`.
    A table with any of the `foreign` columns is none of this kind. `times` are the fields that hold times.
    """

    kind: TableKind
    words: str
    columns: Columns
    needed: tuple[frozenset[str], ...] = ()
    telling: tuple[str, ...] = ()
    least: int = 0
    wide: frozenset[AnswerPart] = frozenset()
    times: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def _person(also: str) -> Columns:
    """The columns of a person, with another name for the id."""
    return {**PERSON, "user_id": (*PERSON["user_id"], also)}


def _group(*names: str) -> frozenset[str]:
    return frozenset(names)


_SETTINGS = (
    *("visibility_on_completed", "visibility_on_disabled", "closing_time", "closing_action", "penalty_enabled"),
    *("mark_as_completed_on_due_date", "deduction_interval", "deduction_percent", "lowest_grade_percent"),
    *("allow_regrade_request", "prime_time", "prime_count", "due_at", "start_time"),
)

_GRADE_COLUMNS = {
    **PERSON,
    **_ASSIGNMENT,
    **_named(
        right="Right Count|Correct count",
        wrong="Wrong Count|Incorrect count",
        answered="Answered Assessments",
        points_of_max="Points/Max_points",
        points="Points",
        max_points="Max_points|Maximum points",
        total_points="Total Points",
    ),
    **_SPENT,
    **_named(
        grade="Final Grade|Grade",
        comments="Comments|Comment",
        teacher_grade="Teacher Grade",
        assessments_grade="Assessments Grade|Assessment grade",
        script_grade="Script Grade",
        grade_override="Grade Override",
        extra_credit="Extra Credit",
        started_at="Created Date|Created|Started at",
        completed="Completed",
        completed_at="Completed Date/Time|Completed Date|Completed at|Completion date",
        behavioral_insights="Behavioral Insights|Behavioural insights",
    ),
}

SPECS: Sequence[Spec] = (
    Spec(
        kind=TableKind.BULK_SETTINGS,
        words="a table of assignment settings",
        columns=_named(assignment="assignment", name="name", **{name: name for name in _SETTINGS}),
        needed=(_group("assignment"),),
        telling=_SETTINGS,
        least=2,
    ),
    Spec(
        kind=TableKind.TAGS,
        words="a table of student tags",
        columns=_named(tag="tag", email="user_email|email", user_id="codio_user_id|user_id", lti_id="lti_id"),
        needed=(_group("tag"), _group("email", "user_id", "lti_id")),
    ),
    Spec(
        kind=TableKind.GROUPS,
        words="a table of student groups",
        columns=_named(group="group_name|group", email="user_email|email", user_id="user_id|codio_user_id"),
        needed=(_group("group"), _group("email", "user_id")),
    ),
    Spec(
        kind=TableKind.CONSENT,
        words="a table of consents",
        columns=_named(form="Revision of the form", email="Email", user_id="Codio user ID", at="Date/time"),
        needed=(_group("form"),),
    ),
    Spec(
        kind=TableKind.LTI_URLS,
        words="a table of LTI assignment URLs",
        columns=_named(
            assignment_id="Assignment ID|assignment|ID",
            assignment_name="Assignment name|Name|Title|Assignment title",
            url="LTI URL|LTI integration URL|LTI link|LTI|LTI 1.3 URL|LTI assignment URL|LTI URLs",
        ),
        needed=(_group("url"),),
    ),
    Spec(
        kind=TableKind.COACH,
        words="a table of coach logs",
        columns={
            **_ASSIGNMENT,
            **_named(assessment_id="Assessment_id|Assessment"),
            **_person("User"),
            **_named(
                at="Time|At|Date/time|Date|Timestamp",
                question="Question",
                context_guides="Context_guides",
                context_error="Context_error",
                context_files="Context_files",
                response="Response",
            ),
        },
        needed=(_group("question", "response"), _WHO),
        telling=("question", "response", "context_guides", "context_error", "context_files"),
        least=2,
        times=("at",),
    ),
    Spec(
        kind=TableKind.ACCESS,
        words="a table of course access data",
        columns={
            **_person("User"),
            **_named(
                at="Date/time logged in|Date/time when user logged in|Date/time|Date and time|Date time|Login time|"
                "Time|Timestamp|Date|At|Event time",
                type="Access type|Type|Event|Event type|Action|Access",
                assignment_name="Assignment name|Assignment|Assignment or book name|Book name|Assignment title|"
                "Unit name",
                project_path="Project path|Path|Project",
                ip="IP address|IP",
            ),
        },
        needed=(_WHO, _group("at"), _group("type")),
        telling=("assignment_name", "role", "project_path", "ip"),
        least=1,
        times=("at",),
    ),
    Spec(
        kind=TableKind.ASSESSMENT_DATA,
        words="a table of assessment data",
        columns={
            **PERSON,
            **_ASSIGNMENT,
            **_named(earned="Total_Points_Earned", possible="Total_Points_Possible"),
            **_SPENT,
        },
        needed=(_WHO,),
        telling=("assignment_name", "earned", "possible"),
        least=2,
        wide=frozenset({AnswerPart.EARNED}),
    ),
    Spec(
        kind=TableKind.ASSIGNMENT_CSV,
        words="a table of an assignment's grades and answers",
        columns=_GRADE_COLUMNS,
        needed=(_WHO,),
        telling=tuple(name for name in _GRADE_COLUMNS if name not in {*PERSON, "assignment_name", "comments"}),
        least=2,
        wide=frozenset({AnswerPart.CORRECT, AnswerPart.ANSWER, AnswerPart.ATTEMPTS}),
        times=("started_at", "completed_at"),
    ),
    Spec(
        kind=TableKind.ROSTER,
        words="a list of people",
        columns={
            **_person("ID"),
            **_named(enrolled_on="enrolled_on|Enrolled", last_active_at="last_active_at|Last active|Last login"),
        },
        needed=(_IDS, _group("name", "first_name", "last_name", "email", "role")),
        times=("enrolled_on", "last_active_at"),
        foreign=("Assignment_Name", "Assignment", "Assessment_id", "Access type", "IP address", "Question"),
    ),
)
"""All kinds, those first that others could be taken for."""

SPEC_OF: Mapping[TableKind, Spec] = {spec.kind: spec for spec in SPECS}


_key_of_alias = cache(key_of)
"""The names are few, and compared with every table."""


def fields_of(header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each field stands. A column is one field only; of several that fit, the first name and column count."""
    places: dict[str, list[int]] = {}
    for index in reversed(range(len(header))):
        places.setdefault(key_of(header[index]), []).append(index)
    found = {}
    for name, names in columns.items():
        if fitting := [key for alias in names if places.get(key := _key_of_alias(alias))]:
            found[name] = places[fitting[0]].pop()
    return found
