basket = {}
for item in ["bread", "milk", "bread", "tea"]:
    basket[item] = basket.get(item, 0) + 1
print(basket)
