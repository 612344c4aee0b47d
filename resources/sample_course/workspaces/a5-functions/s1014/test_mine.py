import unittest

from shapes import area


class Mine(unittest.TestCase):
    def test_the_area(self):
        self.assertEqual(area(7, 8), 56)
