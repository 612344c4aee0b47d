# A dictionary of Norwegian words.
words = {"one": 1, "two": 2, "three": 3}
words["four"] = 4
print(len(words), "words, and", words.get("five", "no five"))
