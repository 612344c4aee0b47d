# author: synis.daemisdottir
"""A program with good manners."""
visitor = input('What is your name? ').strip()
if visitor == '':
	visitor = 'stranger'
print('Hello, ', visitor, '!', sep='')
print('It is nice to meet you.')
