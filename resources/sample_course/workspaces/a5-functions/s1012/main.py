# José Ejemplo-Prueba
from shapes import area, perimeter

print('w  h  area  round')
for x in range(1, 4):
    for height in range(1, 4):
        print(x, height, area(x, height), perimeter(x, height), sep='  ')
