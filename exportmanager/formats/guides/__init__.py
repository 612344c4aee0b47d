"""Guides of all three generations as values: read a project's guide with `read_guide`."""

from exportmanager.formats.guides.assessments import assessments_of
from exportmanager.formats.guides.page_text import local_path
from exportmanager.formats.guides.project_files import PackageFiles, files_of_package, files_of_tree
from exportmanager.formats.guides.reading import read_guide

__all__ = ["PackageFiles", "assessments_of", "files_of_package", "files_of_tree", "local_path", "read_guide"]
