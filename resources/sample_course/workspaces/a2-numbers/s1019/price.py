# What does it cost? All prices are in cents.
item = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
back = paid - item
print(f'Change: {back / 100:.2f}')
