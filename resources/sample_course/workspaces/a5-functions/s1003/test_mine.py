import unittest

from shapes import area


class Mine(unittest.TestCase):
    def test_big_ones(self):
        self.assertEqual(area(7, 8), 56)
