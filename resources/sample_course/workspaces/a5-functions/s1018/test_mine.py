# author: synis.daemisdottir
import unittest

from shapes import area


class Mine(unittest.TestCase):
	def test_seven_by_eight(self):
		self.assertEqual(area(7, 8), 56)
