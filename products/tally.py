"""The counts of the catalogue, kept by the database.

Counting a million certificates takes the database half a second, and every page of the catalogue counts. So the
products of each cell (place, set, stars, standing) on today's day stand in `products_tally`: a change adds to and takes
from the cells it touches, in its own transaction, and the first change of a day counts all of it anew. No job does;
until a day's first change, and for any other day, the catalogue counts the certificates themselves.
"""

from products.standing import EXPIRING_DAYS

TODAY = "ocop_portal.today"
"""The database's own setting by which a rehearsal (`OCOP_TODAY`, tests) fixes the day. Never set in production."""

# The day as `ocop_portal.clock` has it.
DAY_FUNCTION = f"""
CREATE FUNCTION products_tally_day() RETURNS date LANGUAGE sql STABLE
RETURN COALESCE(NULLIF(current_setting('{TODAY}', true), '')::date, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
"""

# `Certificate.objects.public(day).with_standing(day)` for one row: NULL where it does not count. A test compares them.
STANDING_FUNCTION = f"""
CREATE FUNCTION products_tally_standing(
    day date, quiet boolean, valid_from date, valid_to date, extended_to date, revoked_on date, superseded_on date
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN valid_from > day OR superseded_on <= day THEN NULL
    WHEN revoked_on <= day THEN CASE WHEN NOT quiet THEN 'revoked' END
    WHEN valid_to >= day + {EXPIRING_DAYS + 1} THEN 'in_force'
    WHEN valid_to >= day THEN 'expiring'
    WHEN extended_to >= day THEN 'extended'
    ELSE CASE WHEN NOT quiet THEN 'expired' END
END
"""


def _cells(certificates: str, sign: str) -> str:
    """(place, group, stars, standing, n) of rows that have the columns of a certificate and of its product."""
    return f"""SELECT place_id, group_id, stars, products_tally_standing(today, listed_only_while_standing,
        valid_from, valid_to, extended_to, revoked_on, superseded_on) AS standing, {sign} AS n
    FROM {certificates}"""


ANEW_FUNCTION = f"""
CREATE FUNCTION products_tally_anew(today date) RETURNS void LANGUAGE sql AS $$
    DELETE FROM products_tally;
    INSERT INTO products_tally (day, place_id, group_id, stars, standing, products)
    SELECT today, place_id, group_id, stars, standing, count(*)
    FROM ({_cells("products_certificate c JOIN products_product p ON p.id = c.product_id", "1")}) cell
    WHERE standing IS NOT NULL GROUP BY 2, 3, 4, 5;
$$
"""


def _trigger_function(name: str, changes: str) -> str:
    """Add the cells of a statement's rows to the tally.

    The revision's row is locked first: whoever changes what is published waits there anyway, so that nobody counts
    anew while another's rows are not committed. A statement inside another one (a predecessor told of its
    successor) never counts anew: rows of the outer one would be counted now and added at its end. Most of those find no
    predecessor, and nothing is done.
    """
    return f"""
CREATE FUNCTION products_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE today date := products_tally_day();
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM ocop_portal_registerrevision FOR UPDATE;
    IF today IS DISTINCT FROM (SELECT day FROM products_tally LIMIT 1) THEN
        IF pg_trigger_depth() = 1 THEN
            PERFORM products_tally_anew(today);
        END IF;
        RETURN NULL;
    END IF;
    INSERT INTO products_tally AS tally (day, place_id, group_id, stars, standing, products)
    SELECT today, place_id, group_id, stars, standing, sum(n) FROM ({changes}) cell
    WHERE standing IS NOT NULL GROUP BY 2, 3, 4, 5 HAVING sum(n) <> 0
    ORDER BY 2, 3, 4, 5
    ON CONFLICT (place_id, group_id, stars, standing) DO UPDATE SET products = tally.products + EXCLUDED.products;
    RETURN NULL;
END $$"""


_NEW = _cells("new_rows c JOIN products_product p ON p.id = c.product_id", "1")
_OLD = _cells("old_rows c JOIN products_product p ON p.id = c.product_id", "-1")
_MOVED = """(SELECT p.* FROM {side}_rows p JOIN {other}_rows o ON o.id = p.id
             WHERE ROW(p.place_id, p.group_id, p.listed_only_while_standing)
                   IS DISTINCT FROM ROW(o.place_id, o.group_id, o.listed_only_while_standing)) p
        JOIN products_certificate c ON c.product_id = p.id"""
_MOVES = (
    _cells(_MOVED.format(side="new", other="old"), "1")
    + " UNION ALL "
    + _cells(_MOVED.format(side="old", other="new"), "-1")
)
_BOTH = "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
# (function and trigger, its changes, table, event)
_TRIGGERS = (
    ("tally_new", _NEW, "products_certificate", "INSERT", "REFERENCING NEW TABLE AS new_rows"),
    ("tally_changed", f"{_NEW} UNION ALL {_OLD}", "products_certificate", "UPDATE", _BOTH),
    ("tally_moved", _MOVES, "products_product", "UPDATE", _BOTH),
)


def statements() -> list[tuple[str, str]]:
    """(create, drop) pairs for a migration."""
    pairs = [
        (DAY_FUNCTION, "DROP FUNCTION products_tally_day()"),
        (
            STANDING_FUNCTION,
            "DROP FUNCTION products_tally_standing(date, boolean, date, date, date, date, date)",
        ),
        (ANEW_FUNCTION, "DROP FUNCTION products_tally_anew(date)"),
    ]
    for name, changes, table, event, rows in _TRIGGERS:
        pairs.append((_trigger_function(name, changes), f"DROP FUNCTION products_{name}()"))
        pairs.append(
            (
                f"CREATE TRIGGER {name} AFTER {event} ON {table} {rows}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION products_{name}()",
                f"DROP TRIGGER {name} ON {table}",
            )
        )
    pairs.append(("SELECT products_tally_anew(products_tally_day())", "SELECT 1"))
    return pairs


def idle_where_nothing_changed() -> list[str]:
    """For registers whose functions were made before they looked whether there is anything to count."""
    return [
        _trigger_function(name, changes).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        for name, changes, *_ in _TRIGGERS
    ]
