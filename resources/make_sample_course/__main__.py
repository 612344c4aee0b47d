"""Makes the sample course anew: `python resources/make_sample_course [TARGET]`, standard library and zstandard only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make_sample_course.build import HOME, build


def main() -> None:
    """Write the course into the folder that was named, or where it belongs."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME
    counts = build(target)
    print(f"{target}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
