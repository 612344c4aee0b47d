numbers = [3, 1, 2]
print(sorted(numbers))

city = {"Norway": "Oslo", "Kenya": "Nairobi", "Peru": "Lima"}
for land in city:
    print(land, "->", city[land])
