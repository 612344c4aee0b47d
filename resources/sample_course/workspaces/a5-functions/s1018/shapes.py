# author: synis.daemisdottir
"""Shapes and their measures."""


def area(width, height):
	"""Return the area of a rectangle, in the square of the unit of its sides."""
	check(width, height)
	return width * height


def perimeter(width, height):
	"""Return the length of the way round a rectangle, in the unit of its sides."""
	check(width, height)
	return 2 * (width + height)


def check(*sides):
	"""Raise a ValueError if one of the sides is negative."""
	if min(sides) < 0:
		raise ValueError('a side cannot be negative')
