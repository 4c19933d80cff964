"""Magics, inline display and widget: the only code that imports IPython."""
