# What does it cost? All prices are in cents.
item = int(input("Price in cents: "))
given = int(input("Paid in cents: "))
change = given - item
print(f"Change: {change / 100:.2f}")
