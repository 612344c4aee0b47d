import unittest

from rain import rainy_months


class Rain(unittest.TestCase):
    def test_wet_months(self):
        self.assertEqual(rainy_months("data/rain.csv", 50), 6)

    def test_no_month_is_a_flood(self):
        self.assertEqual(rainy_months("data/rain.csv", 500), 0)

    def test_every_month_has_some(self):
        self.assertEqual(rainy_months("data/rain.csv", 0), 12)


if __name__ == "__main__":
    unittest.main()
