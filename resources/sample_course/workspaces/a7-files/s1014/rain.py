"""Read the rain of a year."""


def rainy_months(path, limit):
    """Return how many months had more than `limit` mm of rain."""
    months = 0
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            month, mm = line.strip().split(",")
            if float(mm) > limit:
                months += 1
    return months


if __name__ == "__main__":
    print(rainy_months("data/rain.csv", 50))
