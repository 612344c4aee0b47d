# Žofie Příkladová
name = input('name? ')
print('Hello ' + name)