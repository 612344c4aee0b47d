"""Export Manager gets a teacher's coding courses out of web platforms: verified, on their own laptop."""

__version__ = "0.1.0"
