# The ticket machine of the city museum.


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    if age < 6:
        cost = 0
    elif age < 18:
        if weekend:
            cost = 5
        else:
            cost = 4
    elif age < 65:
        if weekend:
            cost = 12
        else:
            cost = 9
    else:
        cost = 6
    return cost


if __name__ == "__main__":
    print("That makes", ticket_price(int(input("How old are you? ")), False), "dollars.")
