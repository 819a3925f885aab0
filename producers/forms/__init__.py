"""The desk's forms for producers, and for what the programme does for them."""

from producers.forms.producer import ProducerForm, units_of

__all__ = ["ProducerForm", "units_of"]
