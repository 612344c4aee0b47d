#!/usr/bin/env python3
# What does it cost? All prices are in cents.
price = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
change = (paid - price) / 100
print('Change:', change)
