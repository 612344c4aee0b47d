basket = {}
for thing in ["bread", "milk", "bread", "soap"]:
    basket[thing] = basket.get(thing, 0) + 1
print(basket)
