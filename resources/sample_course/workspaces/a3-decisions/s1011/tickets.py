# Alex Sample
def ticket_price(age, weekend):
    if age < 6:
        print(0)
    elif age < 18:
        print(4)
    elif age < 65:
        print(9)
    else:
        print(6)


if __name__ == '__main__':
    ticket_price(int(input('How old are you? ')), False)
