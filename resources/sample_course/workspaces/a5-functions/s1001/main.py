#!/usr/bin/env python3
from shapes import area, perimeter

print("w  h  area  round")
for x in range(1, 4):
    for h in range(1, 4):
        print(x, h, area(x, h), perimeter(x, h), sep="  ")
