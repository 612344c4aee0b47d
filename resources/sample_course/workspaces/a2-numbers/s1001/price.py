#!/usr/bin/env python3
price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
# Whole euros and what is left over, so that no float is needed at all.
whole, left = divmod(paid - price, 100)
print("Change: " + str(whole) + "." + str(left).zfill(2))
