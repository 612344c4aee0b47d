"""Shapes and their measures."""


def area(width, height):
    """Return width times height."""
    if width < 0 or height < 0:
        raise ValueError("a side cannot be negative")
    answer = width * height
    return answer


def perimeter(width, height):
    """Return the perimeter."""
    if width < 0 or height < 0:
        raise ValueError("a side cannot be negative")
    return width + height + width + height
