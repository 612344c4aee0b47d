price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
# Whole euros and what is left over, so that no float is needed at all.
euros, small = divmod(paid - price, 100)
print("Change: " + str(euros) + "." + str(small).zfill(2))
