#!/usr/bin/env python3
"""Draws a house without lifting the pen."""
import turtle

pen = turtle.Turtle()
for left, length in [(0, 100), (135, 141), (225, 100), (225, 141), (225, 100), (315, 71), (270, 71), (315, 100)]:
    pen.left(left)
    pen.forward(length)
turtle.done()
