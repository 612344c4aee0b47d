# The ticket machine of the city museum.


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    if age < 6:
        p = 0
    elif age < 18:
        if weekend:
            p = 5
        else:
            p = 4
    elif age < 65:
        if weekend:
            p = 12
        else:
            p = 9
    else:
        p = 6
    return p


if __name__ == "__main__":
    print("That makes", ticket_price(int(input("How old are you? ")), False), "dollars.")
