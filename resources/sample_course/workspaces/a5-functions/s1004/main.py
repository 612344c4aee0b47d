from shapes import area, perimeter

print("w  h  area  round")
for w in range(1, 4):
    for height in range(1, 4):
        print(w, height, area(w, height), perimeter(w, height), sep="  ")