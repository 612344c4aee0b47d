from shapes import area, perimeter

print("w  h  area  round")
for width in range(1, 4):
    for height in range(1, 4):
        print(width, height, area(width, height), perimeter(width, height), sep="  ")
