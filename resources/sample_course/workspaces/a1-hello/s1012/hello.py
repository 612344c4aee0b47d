# José Ejemplo-Prueba
n = input('What is your name? ')
print('Hello,', n, '!')
# why is there a space before the exclamation mark???
