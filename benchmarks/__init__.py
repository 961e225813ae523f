"""Each promise of speed as something to run: `python -m benchmarks`."""
