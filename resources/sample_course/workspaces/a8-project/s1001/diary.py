#!/usr/bin/env python3
"""A weather diary."""
import json
from pathlib import Path

FILE = Path("diary.json")


def load():
    """Return all entries, oldest first."""
    if not FILE.exists():
        return []
    return json.loads(FILE.read_text(encoding="utf-8"))


def save(entries):
    """Write all entries back."""
    FILE.write_text(json.dumps(entries, indent=2), encoding="utf-8")


def warmest(entries):
    """Return the entry with the highest temperature."""
    return max(entries, key=lambda entry: entry["temperature"])


def main():
    diary = load()
    print(len(diary), "days in the diary")
    if diary:
        print("The warmest was", warmest(diary)["day"])


if __name__ == "__main__":
    main()
