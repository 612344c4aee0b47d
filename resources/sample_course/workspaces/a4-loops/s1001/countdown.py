#!/usr/bin/env python3
import time

t = 10
while t > 0:
    print(t)
    time.sleep(0.1)
    t -= 1
print("Lift-off!")
