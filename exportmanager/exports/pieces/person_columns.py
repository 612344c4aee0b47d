"""The columns with which the platform's tables of students begin."""

from __future__ import annotations

from exportmanager.exports.pieces.names import Called

PERSON = ("Student_Name", "First_Name", "Last_Name", "Username", "Hashed_ID", "Email Address")
"""As documented for "Export Assessment Data" and "Export Assignment Data"; each tells who somebody is."""

PERSON_MEANINGS = {
    "Student_Name": "first and last name",
    "First_Name": "first name",
    "Last_Name": "last name",
    "Username": "user name on the platform",
    "Hashed_ID": "an id that is the same in every export, and does not tell who it is",
    "Email Address": "registered e-mail address",
}


def person_cells(called: Called) -> list[str]:
    """The cells under `PERSON`."""
    return [called.name, called.first_name, called.last_name, called.username, called.hashed_id, called.email]
