#!/usr/bin/env python3
"""Shapes and their measures."""


def area(width, height):
	# easy
	return width * height


def perimeter(width, height):
	return 2 * width + height
