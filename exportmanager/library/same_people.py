"""Finds who somebody is in other courses of the library, and who only has the same name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Person, same_letters
from exportmanager.core.errors import NotFound
from exportmanager.library import tables as t


def person_of(connection: Connection, course: str, student: str) -> Person | None:
    """Who has an id in a course."""
    people = _people(connection, t.Students.course_id == course, t.Students.id == student)
    return people[0] if people else None


def _people(connection: Connection, *where: Any) -> list[Person]:
    s = t.Students
    columns = (s.course_id, t.Courses.title, s.id, s.first_name, s.last_name, s.username, s.email)
    query = select(*columns).join(t.Courses, t.Courses.id == s.course_id).where(*where).order_by(s.course_id, s.id)
    return [
        Person(
            course=CourseId(course),
            course_title=title,
            id=StudentId(student),
            first_name=first,
            last_name=last,
            username=username,
            email="" if _is_shared(connection, email) else email,
        )
        for course, title, student, first, last, username, email in connection.execute(query).all()
    ]


def _is_shared(connection: Connection, email: str) -> bool:
    """Whether several people of one course have an address, which then tells nobody's name."""
    same = func.lower(t.Students.email) == func.lower(email)
    query = select(t.Students.course_id).where(same).group_by(t.Students.course_id).having(func.count() > 1)
    return bool(email) and connection.execute(query).first() is not None


def same_people(connection: Connection, course: CourseId, student: StudentId) -> tuple[Person, ...]:
    """A student, and who that is in other courses: see `alike`. Raises `NotFound`."""
    person = person_of(connection, course, student)
    if person is None:
        raise NotFound(f"There is no student {student} in the course {course}.", "See the list of students.")
    return person, *(other for other in alike(connection, person) if other.course != course)


def alike(connection: Connection, person: Person) -> list[Person]:
    """Who has the e-mail address of somebody (who may be of another library), or the user name and the name."""
    s, ways = t.Students, []
    if person.email:
        ways.append(func.lower(s.email) == func.lower(person.email))
    if person.username and (person.first_name or person.last_name):
        same = (s.username == person.username, s.first_name == person.first_name, s.last_name == person.last_name)
        ways.append(and_(*same))
    return _people(connection, or_(*ways)) if ways else []


def namesakes(connection: Connection, people: Sequence[Person]) -> tuple[Person, ...]:
    """Others who have the name of one of these `people`, in any course."""
    s = t.Students
    ways = {same_letters(way) for person in people for way in person.ways}
    themselves = {(person.course, person.id) for person in people}
    rows = connection.execute(select(s.course_id, s.id, s.first_name, s.last_name).order_by(s.course_id, s.id)).all()
    return tuple(
        other
        for row in rows
        if (row.course_id, row.id) not in themselves
        and same_letters(f"{row.first_name.strip()} {row.last_name.strip()}") in ways
        and (other := person_of(connection, row.course_id, row.id))
    )
