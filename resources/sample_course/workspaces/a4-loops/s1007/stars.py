# مثال عيّنة, CS101
n=int(input("How many rows? "))
text=""
for row in range( 1,n+1 ):
    text=text+"\n"+"*"*row
print(text)
