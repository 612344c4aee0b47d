# Maximiliane-Wilhelmina Platzhalterin von und zu Musterbeispielhausen, CS101
n = input('name? ')
print('Hello ' + n)
