"""From a cell to a script: header, names, code by source, data by value."""
