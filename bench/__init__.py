"""The bench: how fast the portal answers, against a view that does nothing on the same server (see README.md)."""
