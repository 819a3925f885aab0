"""What many tests share: scenes that are built once, and garbage for many parameters at once."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction

_builds: dict[Any, Callable[[], Any]] = {}


def built_once(build: Callable[[], Any]) -> Any:
    """A fixture of a test module: what `build()` makes stands in the database for each test that asks for it.

    It is built for the first of them and kept until a test comes that does not ask for it; what a test changes is
    undone after it. Each test has its own copy of the objects. `Scenes` in the suite's conftest opens and closes it.
    """

    @pytest.fixture
    def scene(scenes: "Scenes", _django_db_helper: None) -> Any:
        return deepcopy(scenes.made)

    _builds[scene] = build
    return scene


def scene_of(module: Any, fixtures: Sequence[str]) -> Any:
    """The scene of the module that is among the fixtures; None where there is none."""
    asked = (getattr(module, name, None) for name in fixtures)
    return next((scene for scene in asked if scene in _builds), None)


def gather(items: list[Any]) -> None:
    """Have the tests of each module in the order of their scenes, those without one first."""
    places: dict[Any, int] = {}
    scenes: dict[Any, int] = {None: 0}
    for item in items:
        places.setdefault(item.module, len(places))
        scenes.setdefault(scene_of(item.module, item.fixturenames), len(scenes))
    items.sort(key=lambda i: (places[i.module], scenes[scene_of(i.module, i.fixturenames)]))


class Scenes:
    """The one scene that stands, in a transaction around those of its tests."""

    def __init__(self, blocker: Any) -> None:
        self._blocker = blocker
        self.scene: Any = None
        self.made: Any = None
        self._around: Any = None
        self._connection: Any = None

    def stand(self, request: pytest.FixtureRequest) -> None:
        """Have the scene of the test that is about to begin, and no other."""
        scene = scene_of(request.module, request.fixturenames)
        if scene is self.scene:
            return
        self.close()
        if scene:
            with self._blocker.unblock():
                self._connection = connections[DEFAULT_DB_ALIAS]
                self._around = transaction.atomic()
                self._around._from_testcase = True
                self._around.__enter__()
                self.scene, self.made = scene, _builds[scene]()

    def close(self) -> None:
        """Undo what stands."""
        if self._around:
            with self._blocker.unblock():
                if connections[DEFAULT_DB_ALIAS] is self._connection:
                    transaction.set_rollback(True)
                    self._around.__exit__(None, None, None)
                else:  # built while the browser's driver ran, whose event loop has connections of its own
                    self._connection.close()
        self.scene = self.made = self._around = None


def rotated(names: Sequence[str], values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """As many queries as values: all names at once, so that each name comes with each value in one of them."""
    for turn in range(len(values)):
        yield {name: values[(place + turn) % len(values)] for place, name in enumerate(names)}
