import unittest

from shapes import area, perimeter


class Rectangle(unittest.TestCase):
    def test_area(self):
        self.assertEqual(area(3, 4), 12)

    def test_perimeter(self):
        self.assertEqual(perimeter(1, 10), 22)

    def test_a_point_is_a_rectangle(self):
        self.assertEqual(area(0, 0), 0)

    def test_negative_sides_are_refused(self):
        with self.assertRaises(ValueError):
            area(-1, 2)


if __name__ == "__main__":
    unittest.main()
