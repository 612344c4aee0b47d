# Count down from ten and say 'Lift-off!'.
for second in range(10, 0, -1):
    print(second)
print('Lift-off!')
