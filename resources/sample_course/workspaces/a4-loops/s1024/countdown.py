import time

left = 10
while left > 0:
    print(left)
    time.sleep(0.1)
    left -= 1
print('Lift-off!')
