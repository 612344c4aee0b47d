# My first program
user = input("What is your name? ")
print("Hello, " + user + "!")
