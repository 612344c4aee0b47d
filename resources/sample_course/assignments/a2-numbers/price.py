# What does it cost? All prices are in cents.
price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
# Print the change, for example:  Change: 1.50
