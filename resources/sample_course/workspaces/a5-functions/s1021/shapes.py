# Élodie d'Exemple, CS101
"""Shapes and their measures."""


def area(width, height):
    """Area of a rectangle."""
    return width * height


def perimeter(width, height):
    return 2 * (width + height)
