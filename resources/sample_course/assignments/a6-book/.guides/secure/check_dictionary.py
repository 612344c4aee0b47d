"""Pass if the sandbox holds a dictionary with three keys or more."""
import runpy
import sys

names = runpy.run_path("try_it.py")
mine = [value for name, value in names.items() if not name.startswith("_")]
sys.exit(not any(isinstance(value, dict) and len(value) >= 3 for value in mine))
