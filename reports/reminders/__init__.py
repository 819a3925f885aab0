"""Reminders of certificates that end: planned, written, queued once, sent once. See docs/decisions.md."""
