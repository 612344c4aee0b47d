# Пример Образец
height = int(input("How many rows? "))
print()
for row in range(1, height + 1):
    print("*" * row)
