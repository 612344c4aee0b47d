x = input("What is your name? ")
print("Hello,", x, "!")
# why is there a space before the exclamation mark???
