#!/usr/bin/env python3
"""A program with good manners."""
name = input('What is your name? ').strip()
if name == '':
	name = 'stranger'
print('Hello, ', name, '!', sep='')
print('It is nice to meet you.')
