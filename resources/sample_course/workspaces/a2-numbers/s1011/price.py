# Alex Sample
# What does it cost? All prices are in cents.
price = int(input('Price in cents: '))
paid = int(input('Paid in cents: '))
result = (paid - price) / 100
print('Change:', result)