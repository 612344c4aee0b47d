# The ticket machine of the city museum.


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    if age < 6:
        return 0
    if age >= 65:
        return 6
    if age < 18:
        return 5 if weekend else 4
    return 12 if weekend else 9


if __name__ == "__main__":
    a = int(input("How old are you? "))
    print("That makes", ticket_price(a, False), "dollars.")
