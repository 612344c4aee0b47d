from shapes import area, perimeter

a = float(input('Width: '))
height = float(input('Height: '))
print('Area:', area(a, height))
print('Perimeter:', perimeter(a, height))
