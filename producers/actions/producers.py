"""Writes on producers."""

from typing import Any

from django.db import transaction

from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from producers.models import Producer


@transaction.atomic
def save_producer(*, producer: Producer, by: Any) -> Producer:
    """Add a producer or keep what was changed of it. Raises ValidationError at the field in fault."""
    producer.full_clean()
    with acting("save_producer", by=by), constraints_in_words(Producer):
        producer.save()
    return producer
