#!/usr/bin/env python3
basket = {}
for thing in ['bread', 'milk', 'bread', 'tea']:
	basket[thing] = basket.get(thing, 0) + 1
print(basket)
