"""Official tables. Each module enters its own; importing this package enters them all."""

from reports.tables import register, traits, territory, economy, support  # noqa: F401, I001 - the order of the index
from reports.tables.base import TABLES, Official, Table

__all__ = ["TABLES", "Official", "Table"]
