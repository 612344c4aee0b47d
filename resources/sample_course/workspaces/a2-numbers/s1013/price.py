price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
if paid < price:
    print("That is not enough.")
else:
    print("Change: %.2f" % ((paid - price) / 100))
