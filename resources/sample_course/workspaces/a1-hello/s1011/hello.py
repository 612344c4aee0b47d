# Alex Sample
name = input('What is your name? ')
print('Hello,', name, '!')
# why is there a space before the exclamation mark???