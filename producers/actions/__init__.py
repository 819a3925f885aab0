"""Every write on producers, and on what the programme does for them, that somebody may ask about later."""

from producers.actions.figures import save_yearly_figures
from producers.actions.producers import save_producer

__all__ = ["save_producer", "save_yearly_figures"]
