"""What every test shares: pytest's own test bench, and generated examples: without a time limit, the same each run."""

from hypothesis import settings

pytest_plugins = ["pytester"]
# A limit would measure how busy the machine is, and a gate says the same twice; python -m tests.fuzz looks further.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")
