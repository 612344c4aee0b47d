"""Shapes and their measures."""


def area(width, height):
    """calculates the area"""
    return width * height


def perimeter(width, height):
    return 2 * (width + height)
