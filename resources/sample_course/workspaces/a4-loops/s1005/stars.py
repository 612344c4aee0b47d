# author: yesi
n = int(input('How many rows? '))
print()
row = 1
while row <= n:
    print('*' * row)
    row += 1
