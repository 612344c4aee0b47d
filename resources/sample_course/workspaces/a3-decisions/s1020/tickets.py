# Maximiliane-Wilhelmina Platzhalterin von und zu Musterbeispielhausen, CS101
# The ticket machine of the city museum.


def ticket_price(age, weekend):
	"""Return the price of one ticket in whole dollars."""
	# no idea where to put weekend
	if age < 6:
		return 0
	elif age <= 17:
		return 4
	elif age <= 64:
		return 9
	else:
		return 6


if __name__ == '__main__':
	print('That makes', ticket_price(int(input('How old are you? ')), False), 'dollars.')
