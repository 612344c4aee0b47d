first_name = input("What is your name? ")
print(f"Hello, {first_name}!")
