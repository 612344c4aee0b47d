table = [
    ["city", "rain in mm"],
    ["Northby", 31],
    ["Southby", 12],
]
for name, mm in table[1:]:
    print(f"{name:<10}{mm:>4}")
