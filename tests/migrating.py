"""Migrations run for the suite with fewer renderings of models.

Django renders a model and all its neighbours anew after each operation, eleven thousand models in all. For our own apps a
model that is new or has a new field is rendered alone here; triggers, constraints and indexes change no field, and what
the database is told of them is the operation's own object and the table's name. The migrations themselves run whole.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.conf import settings
from django.db import migrations
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

FIELDS_STAY = (
    AddTrigger,
    RemoveTrigger,
    migrations.AddConstraint,
    migrations.RemoveConstraint,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)


@contextmanager
def rendered_for_fields_alone() -> Iterator[None]:
    """Migrate inside it."""
    with ExitStack() as stack:
        for operation in FIELDS_STAY:
            told = _rendering(operation.state_forwards, lambda *args, **kwargs: None)
            stack.enter_context(patch.object(operation, "state_forwards", told))
        for operation in (migrations.CreateModel, migrations.AddField):
            told = _rendering(operation.state_forwards, _alone)
            stack.enter_context(patch.object(operation, "state_forwards", told))
        yield


def _rendering(step: Callable[..., None], render: Callable[..., None]) -> Callable[..., None]:
    def run(operation: Any, app_label: str, state: ProjectState) -> None:
        # Libraries change a field's uniqueness and then look for its constraint among those of the model.
        own = Path(apps.get_app_config(app_label).path).parent == settings.BASE_DIR
        with patch.object(ProjectState, "reload_model", render if own else ProjectState.reload_model):
            step(operation, app_label, state)

    return run


def _alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in state.__dict__:
        state.apps.unregister_model(app_label, model_name)
        state.apps.render_multiple([state.models[app_label, model_name]])
