# Élodie d'Exemple, CS101
import time

second = 10
while second > 0:
    print(second)
    time.sleep(0.1)
    second -= 1
print("Lift-off!")
