"""The rows that every test begins with, and the way back to them after a test that commits.

Django empties every table with TRUNCATE and migrates signals again: more than a second where there are two hundred
tables, and the reference data would have to be loaded anew. Here only tables that hold rows are emptied, and the rows
of the start are copied back as they were. Triggers are off meanwhile, as they are for a restored backup: they would
refuse deletions and record events.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper

TABLES = """
    SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'django_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.oid
"""


class Ground:
    """All tables of the database with the rows that they hold when this is made."""

    def __init__(self, cursor: CursorWrapper) -> None:
        cursor.execute(TABLES)
        self.columns: dict[str, str] = dict(cursor.fetchall())
        self.rows: dict[str, bytes] = {}
        for table in self.filled(cursor):
            with cursor.copy(f"COPY {table} ({self.columns[table]}) TO STDOUT") as copy:
                self.rows[table] = b"".join(bytes(chunk) for chunk in copy)

    def filled(self, cursor: CursorWrapper) -> list[str]:
        """Tables that hold a row."""
        asked = (f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in self.columns)
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]

    def restore(self) -> None:
        """Back to the rows of the start, committed."""
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
            for table in self.filled(cursor):
                cursor.execute(f"DELETE FROM {table}")
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} ({self.columns[table]}) FROM STDIN") as copy:
                    copy.write(rows)
            cursor.execute("COMMIT")
