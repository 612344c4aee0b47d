username = input('name? ')
print('Hello ' + username)
