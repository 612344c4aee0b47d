rows = int(input('How many rows? '))
print()
for row in range(1, rows + 1):
    print('*' * row)
