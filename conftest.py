"""What every test shares: pytest's own test bench, and generated examples without a time limit."""

from hypothesis import settings

pytest_plugins = ["pytester"]
settings.register_profile("untimed", deadline=None)  # a limit would measure how busy the machine is
settings.load_profile("untimed")
