# Пример Образец
"""Read the rain of a year."""


def rainy_months(path, limit):
    """Return how many months had more than `limit` mm of rain."""
    file = open(path)
    k = 0
    for line in file.readlines()[1:]:
        if float(line.split(",")[1]) > 50:
            k = k + 1
    return k


if __name__ == "__main__":
    print(rainy_months("data/rain.csv", 50))
