"""What every test shares: pytest's own test bench."""

pytest_plugins = ["pytester"]
