"""What every resource of the open API stands on: problems, cursors, limits, fields, and the door before it."""
