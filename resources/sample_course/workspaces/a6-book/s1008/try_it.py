# Παράδειγμα Δοκιμή, CS101
numbers = [3, 1, 2]
print(sorted(numbers))
