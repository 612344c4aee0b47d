import unittest

from tickets import ticket_price


class Weekday(unittest.TestCase):
    def test_small_children_are_free(self):
        self.assertEqual(ticket_price(5, False), 0)

    def test_young_people_pay_four(self):
        self.assertEqual(ticket_price(6, False), 4)
        self.assertEqual(ticket_price(17, False), 4)

    def test_adults_pay_nine(self):
        self.assertEqual(ticket_price(18, False), 9)
        self.assertEqual(ticket_price(64, False), 9)

    def test_seniors_pay_six(self):
        self.assertEqual(ticket_price(65, False), 6)


class Weekend(unittest.TestCase):
    def test_small_children_are_free(self):
        self.assertEqual(ticket_price(0, True), 0)

    def test_young_people_pay_five(self):
        self.assertEqual(ticket_price(12, True), 5)

    def test_adults_pay_twelve(self):
        self.assertEqual(ticket_price(30, True), 12)

    def test_seniors_pay_six(self):
        self.assertEqual(ticket_price(80, True), 6)


if __name__ == "__main__":
    unittest.main()
