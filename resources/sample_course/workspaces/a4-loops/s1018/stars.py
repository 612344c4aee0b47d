# author: synis.daemisdottir
n=int(input('How many rows? '))
picture=''
for row in range( 1,n+1 ):
    picture=picture+"\n"+"*"*row
print(picture)
