"""Read the rain of a year."""
import csv


def rainy_months(path, limit):
    """Return how many months had more than `limit` mm of rain."""
    with open(path, encoding="utf-8", newline="") as file:
        return sum(float(row["mm"]) > limit for row in csv.DictReader(file))


if __name__ == "__main__":
    print(rainy_months("data/rain.csv", 50))
