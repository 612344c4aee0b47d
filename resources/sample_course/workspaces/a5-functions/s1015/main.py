# author: udaharan.namuna
from shapes import area, perimeter

print("w  h  area  round")
for width in range(1, 4):
    for y in range(1, 4):
        print(width, y, area(width, y), perimeter(width, y), sep="  ")