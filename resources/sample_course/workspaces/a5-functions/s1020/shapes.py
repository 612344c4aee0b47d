# Maximiliane-Wilhelmina Platzhalterin von und zu Musterbeispielhausen, CS101
"""Shapes and their measures."""


def area(width, height):
	pass


def perimeter(width, height):
	pass