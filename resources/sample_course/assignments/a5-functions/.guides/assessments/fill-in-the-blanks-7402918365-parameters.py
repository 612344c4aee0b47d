"""Makes the numbers of this exercise: one set for each student."""
import json
import random

width, height = random.randint(2, 9), random.randint(2, 9)
print(json.dumps({"width": width, "height": height, "formula": f"{width} * {height}", "answer": width * height}))
