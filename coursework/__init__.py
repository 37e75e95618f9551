"""Problem sets, the inputs they are graded on, and the grader: ``python -m coursework``."""
