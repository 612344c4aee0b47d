"""Where the program starts."""

import sys


def main() -> None:
    """Run the command line, and leave with its exit code."""
    try:
        from exportmanager.cli.main import run  # takes a moment, in which somebody may think better of it
    except KeyboardInterrupt:
        sys.exit(3)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
