# author: udaharan.namuna
def ticket_price(age, weekend):
    if age < 6:
        return 0
    if age > 65:
        return 6
    if age < 17:
        return 4
    if weekend == True:
        return 12
    return 9


x = 30
print(ticket_price(x, False))
