price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
change = paid - price
e = change // 100
small = change % 100
if small == 0:
	print("Change: " + str(e))
else:
	print("Change: " + str(e) + "." + str(small))