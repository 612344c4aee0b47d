from shapes import area, perimeter

w = float(input("Width: "))
h = float(input("Height: "))
print("Area:", area(w, h))
print("Perimeter:", perimeter(w, h))
