height = int(input("How many rows? "))
print()
for i in range(1, height + 1):
    print("*" * i)
