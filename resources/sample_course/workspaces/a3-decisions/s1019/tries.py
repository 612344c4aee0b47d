# Trying out true and false.
print(3 < 5, 'a' != 'A', 0 == 0.0)
print(True or False and False)
print(bool(''), bool('False'))
