"""cecourse beside its peers: `python -m benchmarks.accuracy` and `python -m benchmarks.speed`."""
