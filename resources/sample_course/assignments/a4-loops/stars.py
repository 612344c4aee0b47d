n = int(input("How many rows? "))
