"""Speed and accuracy of the matching core, measured beside Splink on synthetic children; see docs/benchmarks.md."""
