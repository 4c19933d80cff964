"""The words of the labbook as frozen dataclasses and enums; no input or output."""
