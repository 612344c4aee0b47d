basket = {}
for item in ["bread", "milk", "bread", "soap"]:
    basket[item] = basket.get(item, 0) + 1
print(basket)
