# author: udaharan.namuna
"""Shapes and their measures."""


def area(width, height):
    # area is w times h
    return width * height


def perimeter(width, height):
    return 2 * width + height
