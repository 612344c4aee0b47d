# The ticket machine of the city museum, as a table: (under which age, on weekdays, at weekends).
TABLE = [(6, 0, 0), (18, 4, 5), (65, 9, 12), (1000, 6, 6)]


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    for limit, weekday_price, weekend_price in TABLE:
        if age < limit:
            return weekend_price if weekend else weekday_price


if __name__ == "__main__":
    print("That makes", ticket_price(int(input("How old are you? ")), False), "dollars.")