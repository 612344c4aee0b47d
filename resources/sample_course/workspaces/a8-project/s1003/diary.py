"""A weather diary."""
e = []
while True:
    what = input("(a)dd, (s)how or (q)uit? ")
    if what == "a":
        e.append([input("Day? "), int(input("Temperature? "))])
    elif what == "s":
        print(e)
    else:
        break
# it forgets everything when it ends. file comes later
