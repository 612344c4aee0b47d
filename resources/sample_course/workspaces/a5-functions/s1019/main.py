from shapes import area, perimeter

print('w  h  area  round')
for w in range(1, 4):
    for y in range(1, 4):
        print(w, y, area(w, y), perimeter(w, y), sep='  ')
