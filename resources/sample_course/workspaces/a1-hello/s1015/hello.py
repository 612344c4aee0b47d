# author: udaharan.namuna
username = input("name? ")
print("Hello " + username)
