# Παράδειγμα Δοκιμή, CS101
n=int(input("How many rows? "))
out=""
for row in range( 1,n+1 ):
    out=out+"\n"+"*"*row
print(out)
