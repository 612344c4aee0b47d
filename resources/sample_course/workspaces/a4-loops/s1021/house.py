# Élodie d'Exemple, CS101
"""Draws a house without lifting the pen."""
import turtle

t = turtle.Turtle()
for left, steps in [(0, 100), (135, 141), (225, 100), (225, 141), (225, 100), (315, 71), (270, 71), (315, 100)]:
    t.left(left)
    t.forward(steps)
turtle.done()
