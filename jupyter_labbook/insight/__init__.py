"""What the data say: verdicts, statistics, comparisons."""
