"""The web server. Threads hide the waits for the database; two workers use two cores."""

import gc
import os
from typing import Any

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # long lists of filters are addresses too; the default cuts at 4094
# A worker is replaced now and then, so that nothing can grow for ever; not all at once, and not so often that the pages
# it keeps (PAGES_MEMORY_MB) are lost while they are asked for.
max_requests = 200_000
max_requests_jitter = 50_000
control_socket_disable = True  # nothing is steered through a socket in somebody's home
accesslog = None  # requests are logged with their user and id by the application
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
# A query of a page that takes longer is cut off; see settings.
raw_env = [f"STATEMENT_TIMEOUT_MS={os.environ.get('STATEMENT_TIMEOUT_MS', '10000')}"]


def post_worker_init(worker: Any) -> None:
    """What the application loaded stays to the end: the collector need not go over it again with every page."""
    gc.collect()
    gc.freeze()
