#!/usr/bin/env python3
n = int(input('How many rows? '))
print()
for i in range(n):
    for column in range(i + 1):
        print('*', end='')
    print()
