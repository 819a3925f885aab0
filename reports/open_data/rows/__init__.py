"""One module a table: its fields, and its rows as of a day under public addresses."""
