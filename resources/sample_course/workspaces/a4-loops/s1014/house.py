"""Draws a house without lifting the pen."""
import turtle

tortoise = turtle.Turtle()
for angle, length in [(0, 100), (135, 141), (225, 100), (225, 141), (225, 100), (315, 71), (270, 71), (315, 100)]:
    tortoise.left(angle)
    tortoise.forward(length)
turtle.done()
