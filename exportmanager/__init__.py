"""Export Manager gets a teacher's coding courses out of web platforms: verified, on their own laptop."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("exportmanager")
except PackageNotFoundError:  # run from a bare checkout that nobody installed
    __version__ = "0+unknown"
