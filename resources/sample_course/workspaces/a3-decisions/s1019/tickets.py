# The ticket machine of the city museum.


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    if age < 6:
        price = 0
    elif age < 18:
        if weekend:
            price = 5
        else:
            price = 4
    elif age < 65:
        if weekend:
            price = 12
        else:
            price = 9
    else:
        price = 6
    return price


if __name__ == '__main__':
    print('That makes', ticket_price(int(input('How old are you? ')), False), 'dollars.')
