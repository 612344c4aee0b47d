#!/usr/bin/env python3
from shapes import area, perimeter

a = float(input('Width: '))
b = float(input('Height: '))
print('Area:', area(a, b))
print('Perimeter:', perimeter(a, b))
