n = int(input("How many rows? "))
print()
for row in range(n):
    for c in range(row + 1):
        print("*", end="")
    print()
