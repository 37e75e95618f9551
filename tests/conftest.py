"""Settings of the whole test suite: properties are tried on the same examples in every run."""

from hypothesis import settings

settings.register_profile("reproducible", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("reproducible")
