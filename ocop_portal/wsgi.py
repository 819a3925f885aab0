"""WSGI entry point, served by gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from ocop_portal.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocop_portal.settings")

application = with_room(get_wsgi_application())
