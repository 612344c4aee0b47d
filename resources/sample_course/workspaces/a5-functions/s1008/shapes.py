# Παράδειγμα Δοκιμή, CS101
"""Shapes and their measures."""


def area(width, height):
    """The area."""
    return width * height


def perimeter(width, height):
    return 2 * (width + height)
