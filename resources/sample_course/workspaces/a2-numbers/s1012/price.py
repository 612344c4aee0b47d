# José Ejemplo-Prueba
price = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
change = paid - price
big = change // 100
cents = change % 100
if cents == 0:
    print('Change: ' + str(big))
else:
    print('Change: ' + str(big) + '.' + str(cents))
