# Alex Sample
n = int(input('How many rows? '))
print()
print('*')
print('**')
print('***')
