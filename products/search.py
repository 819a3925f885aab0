"""Under what a product is found besides its name: producer, places then and now, codes then and now.

The words stand in `Product.search_context`, kept by triggers, so that imports and raw SQL keep it too. The
producer's table lies below this app, so its trigger is plain SQL in a migration of ours.
"""

CONTEXT_FUNCTION = """
CREATE FUNCTION products_search_context(product bigint, product_code text, producer bigint, place bigint)
RETURNS text LANGUAGE sql STABLE
RETURN concat_ws(' ',
    product_code,
    (SELECT string_agg(code, ' ' ORDER BY code) FROM products_productalias WHERE product_id = product),
    (SELECT name FROM producers_producer WHERE id = producer),
    (SELECT concat_ws(' ', unit.name, district.name, now.name)
       FROM ocop_portal_administrativeunit unit
       LEFT JOIN ocop_portal_administrativeunit district ON district.id = unit.district_id
       LEFT JOIN ocop_portal_administrativeunit now ON now.id = unit.current_id AND now.id <> unit.id
      WHERE unit.id = place))
"""

# Each (name, function body, table, event): the function is `products_<name>`, the trigger carries the same name.
_TRIGGERS = [
    (
        "search_of_product",
        "NEW.search_context := products_search_context(NEW.id, NEW.code, NEW.producer_id, NEW.place_id); RETURN NEW;",
        "products_product",
        "BEFORE INSERT OR UPDATE OF code, producer_id, place_id, search_context",
    ),
    (
        "search_after_alias",
        "UPDATE products_product SET search_context = '' WHERE id = NEW.product_id; RETURN NULL;",
        "products_productalias",
        "AFTER INSERT OR UPDATE",
    ),
    (
        "search_after_producer",
        "IF NEW.name IS DISTINCT FROM OLD.name THEN"
        " UPDATE products_product SET search_context = '' WHERE producer_id = NEW.id; END IF; RETURN NULL;",
        "producers_producer",
        "AFTER UPDATE",
    ),
    (
        "search_after_unit",
        "IF ROW(NEW.name, NEW.district_id, NEW.current_id)"
        " IS DISTINCT FROM ROW(OLD.name, OLD.district_id, OLD.current_id) THEN"
        " UPDATE products_product SET search_context = '' FROM ocop_portal_administrativeunit unit"
        " WHERE unit.id = place_id AND NEW.id IN (unit.id, unit.district_id, unit.current_id); END IF; RETURN NULL;",
        "ocop_portal_administrativeunit",
        "AFTER UPDATE",
    ),
]


# A product is found by its English name too.
ENGLISH_NAME = (
    """
CREATE OR REPLACE FUNCTION products_search_of_product() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
NEW.search_context := concat_ws(' ', products_search_context(NEW.id, NEW.code, NEW.producer_id, NEW.place_id),
    NULLIF(NEW.name_en, ''));
RETURN NEW; END$$""",
    "DROP TRIGGER search_of_product ON products_product",
    "CREATE TRIGGER search_of_product"
    " BEFORE INSERT OR UPDATE OF code, producer_id, place_id, name_en, search_context ON products_product"
    " FOR EACH ROW EXECUTE FUNCTION products_search_of_product()",
)


def statements() -> list[tuple[str, str]]:
    """(create, drop) pairs for a migration. An UPDATE that sets the column to '' makes the trigger fill it anew."""
    pairs = [(CONTEXT_FUNCTION, "DROP FUNCTION products_search_context(bigint, text, bigint, bigint)")]
    for name, body, table, event in _TRIGGERS:
        pairs.append(
            (
                f"CREATE FUNCTION products_{name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$",
                f"DROP FUNCTION products_{name}()",
            )
        )
        pairs.append(
            (
                f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW EXECUTE FUNCTION products_{name}()",
                f"DROP TRIGGER {name} ON {table}",
            )
        )
    return pairs
