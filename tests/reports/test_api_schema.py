"""What the document promises is what the API answers: generated requests, valid and not, over every operation."""

import os

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as budget
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.factories import CertificateFactory
from tests.producers.support_rows import SupplyFactory
from tests.products.registers import random_register

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("API_EXAMPLES", "5"))
"""Requests of each kind for each operation; many more are asked for by hand."""

ANSWERS = ["2xx", "400", "404", "410"]
"""To what is valid by its shape: also that there is no such code or day, page (400), or log since then (410)."""


@pytest.fixture
def register():
    random_register(7, 12)
    certificate = CertificateFactory(product__code="06-02173-001-2021", number="MH-012")
    SupplyFactory(producer=certificate.product.producer)


@pytest.fixture
def application():
    """The portal as a server has it, within the transaction of the test."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield get_wsgi_application()
    for end in ends:
        end.connect(close_old_connections)


def test_every_operation_keeps_its_promise(register, application):
    """Status, type, schema and headers as documented; what is valid is answered, what is not is refused; never a 5xx.

    A code, number or day that there is not is answered by 404, which counts as an answer.
    """
    config = SchemathesisConfig.from_dict(
        {"checks": {"positive_data_acceptance": {"expected-statuses": ANSWERS}}}
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @budget(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=EXAMPLES < 10,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case):
                nonlocal asked
                asked += 1
                # Which points a criterion offers no schema tells: 422 names those that it does not.
                skipped = [positive_data_acceptance] if case.method == "POST" else []
                case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=skipped)

            try:
                ask()
            except Unsatisfiable:
                # An operation without parameters cannot be asked wrongly.
                assert mode == GenerationMode.NEGATIVE and not operation.definition.raw["parameters"]
    print(f"\n{asked} requests")
    assert asked > 100
