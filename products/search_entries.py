"""What a search reads: one narrow row for each product, kept by the database.

A broad search of a million products finds tens of thousands, and tells of each its place, set, stars, standing, name
and rank. The product's own row is wide (stories), and its certificate lies in another table; so the words stand here,
with what is counted and the certificate that none has followed: from its first day on it is the one that governs. What
governs before that day is found among the followed ones (`products.counting`).

Triggers of products and certificates keep the rows in the transaction of the change; all else that gives words reaches
the product first (`products.search`). No other hand writes here, so there is no trail of it.
"""

WORDS_FUNCTION = """
CREATE FUNCTION products_search_words(name text, context text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN setweight(to_tsvector('simple'::regconfig, vi_words(name)), 'A')
    || setweight(to_tsvector('simple'::regconfig, vi_fold(vi_words(name))), 'B')
    || setweight(to_tsvector('simple'::regconfig, vi_fold(vi_words(context))), 'C')
"""

_OF_PRODUCT = ("place_id", "group_id", "listed_only_while_standing", "name_key")
_OF_CERTIFICATE = ("stars", "valid_from", "valid_to", "extended_to", "revoked_on")


def _columns(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


# Never more than one, since a certificate is followed by the next; were there two, the later would be meant. Ordered by
# both at once, lest all certificates be walked through from the newest, by the index that has them so.
_UNFOLLOWED = """LEFT JOIN LATERAL (
        SELECT * FROM products_certificate WHERE product_id = {product} AND superseded_on IS NULL
        ORDER BY ROW(valid_from, id) DESC LIMIT 1
    ) c ON true"""


def entries(products: str) -> str:
    """SELECT of what should stand here of the products that a table `p` has."""
    return f"""SELECT p.id, {_columns("p", _OF_PRODUCT)}, products_search_words(p.name, p.search_context) AS words,
        c.id AS certificate_id, {_columns("c", _OF_CERTIFICATE)}
    FROM {products} p {_UNFOLLOWED.format(product="p.id")}"""


def wrong_entries(products: str = "products_product") -> str:
    """SELECT of the key of each of the products whose row is missing, or is not what it should be."""
    columns = ("product_id", *_OF_PRODUCT, "words", "certificate_id", *_OF_CERTIFICATE)
    return f"""SELECT told.id AS product_id FROM ({entries(products)}) told
        LEFT JOIN products_searchentry e ON e.product_id = told.id
        WHERE ROW({_columns("e", columns)})
              IS DISTINCT FROM ROW({_columns("told", ("id", *columns[1:]))})"""


_INSERT = (
    f"INSERT INTO products_searchentry (product_id, {', '.join(_OF_PRODUCT)}, words, certificate_id,"
    f" {', '.join(_OF_CERTIFICATE)})"
)

# All rows at once lie close, in the order of names: products of one name, which searches find together, share pages.
# Of a page that grows row by row half is left free: a product comes first and its certificate right after, and the
# second version of the row, which changes no word, then fits on the page, so that the index need not hear of it.
ANEW_FUNCTION = f"""
CREATE FUNCTION products_search_anew() RETURNS void LANGUAGE plpgsql AS $$BEGIN
    DELETE FROM products_searchentry;
    ALTER TABLE products_searchentry RESET (fillfactor);
    {_INSERT} {entries("products_product")} ORDER BY p.name_key, p.id;
    ALTER TABLE products_searchentry SET (fillfactor = 50);
END$$
"""

_NEW = f"{_INSERT} {entries('new_rows')};"

# The words are made anew only where they change: that is most of the work, and their index need not hear of the rest.
_CHANGED = f"""
    UPDATE products_searchentry e SET
        ({", ".join(_OF_PRODUCT)}) = ROW({_columns("p", _OF_PRODUCT)}),
        words = CASE WHEN ROW(p.name, p.search_context) IS DISTINCT FROM ROW(o.name, o.search_context)
            THEN products_search_words(p.name, p.search_context) ELSE e.words END
    FROM new_rows p JOIN old_rows o ON o.id = p.id
    WHERE e.product_id = p.id
      AND ROW(p.name, p.search_context, {_columns("p", _OF_PRODUCT)})
          IS DISTINCT FROM ROW(o.name, o.search_context, {_columns("o", _OF_PRODUCT)});
"""

# Whoever changes what is published holds the revision's row; so what others wrote of the product is committed by then.
# The succession of certificates tells predecessors where there are none: nothing is to be done then.
_CERTIFIED = f"""
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM ocop_portal_registerrevision FOR UPDATE;
    UPDATE products_searchentry e SET
        (certificate_id, {", ".join(_OF_CERTIFICATE)}) = ROW(c.id, {_columns("c", _OF_CERTIFICATE)})
    FROM (SELECT DISTINCT product_id FROM new_rows) p {_UNFOLLOWED.format(product="p.product_id")}
    WHERE e.product_id = p.product_id
      AND ROW(e.certificate_id, {_columns("e", _OF_CERTIFICATE)})
          IS DISTINCT FROM ROW(c.id, {_columns("c", _OF_CERTIFICATE)});
"""

_ROWS = "REFERENCING NEW TABLE AS new_rows"
_BOTH = "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
# A session keeps the plan of its first write, and the tables may have been empty then: each row by its index, always.
_BY_INDEX = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
_FUNCTIONS = {
    "search_entry_new": _NEW,
    "search_entry_changed": _CHANGED,
    "search_entry_certified": _CERTIFIED,
}
# (trigger, event, table, rows, function)
_TRIGGERS = (
    ("search_entry_new", "INSERT", "products_product", _ROWS, "search_entry_new"),
    ("search_entry_changed", "UPDATE", "products_product", _BOTH, "search_entry_changed"),
    ("search_entry_certified", "INSERT", "products_certificate", _ROWS, "search_entry_certified"),
    ("search_entry_recertified", "UPDATE", "products_certificate", _ROWS, "search_entry_certified"),
)


def statements() -> list[tuple[str, str]]:
    """(create, drop) pairs for a migration, after which the rows are there."""
    pairs = [
        (WORDS_FUNCTION, "DROP FUNCTION products_search_words(text, text)"),
        (ANEW_FUNCTION, "DROP FUNCTION products_search_anew()"),
    ]
    for name, body in _FUNCTIONS.items():
        pairs.append(
            (
                f"CREATE FUNCTION products_{name}() RETURNS trigger LANGUAGE plpgsql {_BY_INDEX} AS"
                f" $$BEGIN {body} RETURN NULL; END$$",
                f"DROP FUNCTION products_{name}()",
            )
        )
    for name, event, table, rows, function in _TRIGGERS:
        pairs.append(
            (
                f"CREATE TRIGGER {name} AFTER {event} ON {table} {rows}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION products_{function}()",
                f"DROP TRIGGER {name} ON {table}",
            )
        )
    pairs.append(("SELECT products_search_anew()", "SELECT 1"))
    return pairs
