# The ticket machine of the city museum.


def ticket_price(age, weekend):
    """Return the price of one ticket in whole dollars."""
    return 0


if __name__ == '__main__':
    age = int(input('How old are you? '))
    print('That makes', ticket_price(age, False), 'dollars.')