# Élodie d'Exemple, CS101
numbers = [3, 1, 2]
print(sorted(numbers))

capital = {"Norway": "Oslo", "Kenya": "Nairobi", "Peru": "Lima"}
for key in capital:
    print(key, "->", capital[key])
