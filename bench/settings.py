"""The portal's own settings, with an address that does nothing and a clock on each answer.

Only `bench.server` names this module; the portal never does.
"""

from ocop_portal.settings import *  # noqa: F403
from ocop_portal.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.clock.ClockMiddleware", *MIDDLEWARE]
