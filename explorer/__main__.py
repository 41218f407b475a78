"""``python -m explorer``, and what the command ``cnn-explorer`` runs."""

import sys


def start() -> int:
    """Run the command line and return its exit code; Ctrl+C counts while it is loaded as well."""
    try:
        from explorer.cli import main
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("cnn-explorer: interrupted\n")
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(start())
