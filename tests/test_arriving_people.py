"""Whom rows and names of folders mean: matched where one person fits, asked where several do, never guessed."""

import unicodedata

import pytest

from exportmanager.core.course import Assignment, AssignmentId, ModuleId, Student, StudentId
from exportmanager.formats.platform_tables.values import Person
from exportmanager.sources.arriving.people import People, label_of
from exportmanager.sources.arriving.titles import Titles
from exportmanager.sources.arriving.words import name_keys, new_id, slug

KIM = Student(id=StudentId("s1"), username="kim.s", email="kim@school.example", first_name="Kim", last_name="Sample")
LEE = Student(id=StudentId("s2"), username="lee", email="lee@school.example", first_name="Lee", last_name="Exämple")
TWIN = Student(id=StudentId("s3"), username="kim2", email="kim2@school.example", first_name="Kim", last_name="Sample")


def people(*known: Student) -> People:
    return People(known or (KIM, LEE))


def who(found: People, person: Person) -> list[str]:
    return [entry.id for entry in found.of_row(person).entries]


def whose(found: People, label: str) -> list[str]:
    return sorted(entry.id for entry in found.of_label(label).entries)


@pytest.mark.parametrize(
    "person",
    [
        Person(user_id="s1"),
        Person(username="KIM.S"),
        Person(email=" Kim@School.example "),
        Person(first_name="Kim", last_name="Sample"),
        Person(name="Sample, Kim"),
        Person(name="kim  sample"),
        Person(email="kim@school.example", first_name="Kimberley", last_name="Other"),
    ],
)
def test_a_row_means_the_one_whom_it_fits(person: Person) -> None:
    assert who(people(), person) == ["s1"]


def test_letters_with_marks_are_the_same_however_they_are_composed() -> None:
    name = unicodedata.normalize("NFD", "Lee Exämple")
    assert who(people(), Person(name=name)) == ["s2"]
    assert whose(people(), unicodedata.normalize("NFD", "lee_exämple")) == ["s2"]


def test_a_row_that_fits_two_people_means_neither() -> None:
    found = people().of_row(Person(username="kim.s", email="lee@school.example"))
    assert [entry.id for entry in found.entries] == ["s1", "s2"]
    assert found.why == "what it says of the person fits several"


def test_a_name_that_two_people_have_means_neither() -> None:
    assert who(people(KIM, TWIN), Person(name="Kim Sample")) == ["s1", "s3"]
    assert whose(people(KIM, TWIN), "Kim Sample") == ["s1", "s3"]


def test_the_address_tells_namesakes_apart() -> None:
    assert who(people(KIM, TWIN), Person(name="Kim Sample", email="kim2@school.example")) == ["s3"]


def test_somebody_of_the_same_name_with_another_address_is_somebody_else_and_worth_a_look() -> None:
    found = people().of_row(Person(name="Kim Sample", email="other@school.example"))
    assert found.entries == ()
    assert found.unsure


def test_a_second_address_is_remembered() -> None:
    found = people()
    found.learn(found.entries[0], Person(username="kim.s", email="kim.private@mail.example"))
    assert who(found, Person(email="kim.private@mail.example")) == ["s1"]
    assert found.entries[0].facts.email == "kim@school.example"


@pytest.mark.parametrize(
    "label",
    [
        "s1", "kim.s", "KIM.S", "kim@school.example", "Kim Sample", "Sample, Kim", "kim-sample", "Kim_Sample", "kim",
        "Kim Sample (kim.s)", "Kim Sample - kim@school.example", "0001 kim.s", "kim.s__loops",
    ],
)  # fmt: skip
def test_a_folder_may_be_called_after_anything_that_tells_a_student(label: str) -> None:
    assert whose(people(), label) == ["s1"]


def test_a_folder_that_nobody_is_called_by_means_nobody() -> None:
    assert whose(people(), "pat") == []
    assert whose(people(), "") == []


def test_parts_that_fit_several_people_are_no_answer() -> None:
    assert whose(people(), "kim.s lee") == ["s1", "s2"]


def test_what_a_person_is_called_in_questions_tells_them_apart() -> None:
    assert label_of(Person(name="Kim Sample", email="kim@school.example")) == "Kim Sample (kim@school.example)"
    assert label_of(Person(hashed_id="ab12")) == "ab12"
    assert label_of(Person()) == ""


def test_an_assignment_is_found_by_id_name_and_the_platforms_form_of_it() -> None:
    titles = Titles([Assignment(id=AssignmentId("a1"), module_id=ModuleId("m"), title="Loops & Lists: part 1")])
    for label in ("a1", "Loops & Lists: part 1", "loops-lists-part-1", "LOOPS & lists:  part 1", "Loops_Lists_Part_1"):
        assert [entry.id for entry in titles.find(label).entries] == ["a1"], label
    assert titles.find("Loops").entries == ()


def test_two_assignments_of_one_name_are_both_possible() -> None:
    one = Assignment(id=AssignmentId("a1"), module_id=ModuleId("m"), title="Quiz")
    two = Assignment(id=AssignmentId("a2"), module_id=ModuleId("n"), title="Quiz")
    assert [entry.id for entry in Titles([one, two]).find("quiz").entries] == ["a1", "a2"]


def test_ids_are_made_of_what_is_left_of_a_name_and_are_never_given_twice() -> None:
    taken = {"loops"}
    assert new_id("Loops", taken.__contains__, "assignment") == "Loops-2"
    assert new_id("Für Ada", lambda _: False, "assignment") == "Fur-Ada"
    made = new_id("日本語レポート", lambda _: False, "assignment")
    assert made.startswith("assignment-")
    assert made != new_id("別のレポート", lambda _: False, "assignment")
    assert new_id("con", lambda _: False, "assignment").startswith("assignment-")


def test_names_are_compared_in_the_order_of_any_country() -> None:
    assert "sample, kim" in name_keys("Kim Sample")
    assert "kim sample" in name_keys("Sample, Kim")
    assert name_keys("") == set()
    assert slug("Loops & Lists") == "loops-lists"
