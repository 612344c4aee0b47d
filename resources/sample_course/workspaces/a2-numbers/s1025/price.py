price = input('Price in cents: ')
paid = input('Paid in cents: ')
print('Change: ', paid - price)
