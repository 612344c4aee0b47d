# Παράδειγμα Δοκιμή, CS101
price = int(input("Price in cents: "))
paid = int(input("Paid in cents: "))
change = paid - price
big = change // 100
c = change % 100
if c == 0:
    print("Change: " + str(big))
else:
    print("Change: " + str(big) + "." + str(c))