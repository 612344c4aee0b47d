# author: synis.daemisdottir
price = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
# Whole euros and what is left over, so that no float is needed at all.
units, left = divmod(paid - price, 100)
print('Change: ' + str(units) + '.' + str(left).zfill(2))
