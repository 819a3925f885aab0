"""Every write on producers, and on what the programme does for them, that somebody may ask about later."""

from producers.actions.producers import save_producer

__all__ = ["save_producer"]
