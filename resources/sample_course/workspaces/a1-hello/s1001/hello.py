#!/usr/bin/env python3
who = input("What is your name? ")
print(f"Hello, {who}!")
