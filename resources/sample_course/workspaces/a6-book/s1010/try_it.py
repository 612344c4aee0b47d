#!/usr/bin/env python3
numbers = [3, 1, 2]
print(sorted(numbers))
