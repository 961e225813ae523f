"""`python -m keystone_check` is the command `keystone-check`."""

from keystone_check.cli.main import run

if __name__ == "__main__":
    run()
