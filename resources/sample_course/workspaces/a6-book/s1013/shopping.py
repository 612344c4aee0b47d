basket = {}
for item in ["bread", "milk", "bread", "figs"]:
    basket[item] = basket.get(item, 0) + 1
print(basket)
