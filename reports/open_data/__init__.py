"""Open tables: their fields, their rows as of a day, and the files that hold them whole."""
