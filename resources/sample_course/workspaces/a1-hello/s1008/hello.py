# Παράδειγμα Δοκιμή, CS101
n = input("What is your name? ")
print("Hello,", n, "!")
# why is there a space before the exclamation mark???