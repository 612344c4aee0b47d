#!/usr/bin/env python3
basket = {}
for thing in ["bread", "milk", "bread", "figs"]:
    basket[thing] = basket.get(thing, 0) + 1
print(basket)
