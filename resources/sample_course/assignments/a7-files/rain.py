"""Read the rain of a year."""


def rainy_months(path, limit):
    """Return how many months had more than `limit` mm of rain."""
    return 0


if __name__ == "__main__":
    print(rainy_months("data/rain.csv", 50))
