# Count down from ten and say "Lift-off!".
for number in range(10, 0, -1):
    print(number)
print("Lift-off!")
