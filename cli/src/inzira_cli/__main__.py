"""`inzira` and `python -m inzira_cli`."""

from inzira_cli.app import app


def main() -> None:
    """Run the command line."""
    app(prog_name="inzira")


if __name__ == "__main__":
    main()
