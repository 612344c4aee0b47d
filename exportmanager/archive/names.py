"""What lies where in an archive; docs/archive.md describes it for people."""

from __future__ import annotations

FORMAT = "exportmanager-archive"
VERSION = 1
DATA = "data/"
COURSEWORK = "data/coursework/"
EXPORTS = "data/exports/"
EARLIER = "data/earlier/"
PROJECTS = "data/projects/"
TEACHERS = "data/teachers/"
LIBRARY = "data/library/"
ABOUT = "archive.json"
PACKAGES = "packages.jsonl"
PLACES = "places.jsonl"
CERTIFICATE_JSON = "certificate.json"
CERTIFICATE_PDF = "certificate.pdf"
INDEX = "index.html"
READER = "reader/"
README = "README.txt"
