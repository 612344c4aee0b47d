from shapes import area, perimeter

print(area(3, 4))
print(perimeter(3, 4))
