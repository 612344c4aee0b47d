"""A program with good manners."""
guest = input('What is your name? ').strip()
if guest == '':
    guest = 'stranger'
print('Hello, ', guest, '!', sep='')
print('It is nice to meet you.')
