price = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
change = paid - price
euros = change // 100
small = change % 100
if small == 0:
    print('Change: ' + str(euros))
else:
    print('Change: ' + str(euros) + '.' + str(small))