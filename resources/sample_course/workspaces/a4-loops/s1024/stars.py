n = int(input('How many rows? '))
print()
k = 1
while k <= n:
    print('*' * k)
    k += 1
