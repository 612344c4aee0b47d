from shapes import area, perimeter

w = float(input("Width: "))
height = float(input("Height: "))
print("Area:", area(w, height))
print("Perimeter:", perimeter(w, height))