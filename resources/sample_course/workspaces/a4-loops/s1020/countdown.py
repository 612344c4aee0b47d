# Maximiliane-Wilhelmina Platzhalterin von und zu Musterbeispielhausen, CS101
# Count down from ten and say 'Lift-off!'.
number = 10
while number > 0:
    print(number)
# it never stops, use Ctrl-C
