"""What every test shares: pytest's own test bench, and that no test holds a clock, not even Hypothesis'."""

from hypothesis import settings

pytest_plugins = ["pytester"]

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")
