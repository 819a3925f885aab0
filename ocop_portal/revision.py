"""The revision of the published register.

Every public answer depends only on (address, day, revision). The revision is one row that statement triggers
raise inside the transaction of any change to a published table; a sequence would show the new number before
the commit, and a cache keyed by it would keep the old page for ever.
"""

import pgtrigger


def raises_revision() -> pgtrigger.Trigger:
    """Trigger for `Meta.triggers` of a published table."""
    return pgtrigger.Trigger(
        name="raises_revision",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="UPDATE ocop_portal_registerrevision SET number = number + 1, raised_at = now(); RETURN NULL;",
    )
