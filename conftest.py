"""What every test shares: pytest's own test bench, and generated examples that are the same each run."""

from hypothesis import settings

pytest_plugins = ["pytester"]
# A time limit would measure how busy the machine is, and a gate says the same twice.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")
