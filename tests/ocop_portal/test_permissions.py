"""One table of roles, stated twice: a change must be meant."""

import pytest

from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import ROLES, Permission, Role, has_permission
from producers.models import Producer
from products.models import Product
from tests.factories import BANG_PHUC, ProducerFactory, ProductFactory, UserFactory, unit

P = Permission
PERSONAL = {P.SCORE, P.DECISION_SIGN, P.COMPLAINT_REPLY}
MAY = {
    Role.ADMIN: set(P) - PERSONAL,
    Role.PROVINCE: set(P) - PERSONAL - {P.ADMIN_SITE},
    Role.COMMUNE: {
        P.DESK_VIEW,
        P.PRODUCER_EDIT,
        P.PRODUCT_EDIT,
        P.HISTORY_VIEW,
        P.DOSSIER_VIEW,
        P.DOSSIER_FILE,
        P.DOSSIER_CHECK,
        P.NOTICE_KEEP,
        P.INBOX,
        P.REPORT_VIEW,
        P.FIGURES_ENTER,
        P.INSPECTION_KEEP,
        P.COMPLAINT_KEEP,
        P.SUPPORT_KEEP,
    },
    Role.SIGNATORY: {
        P.DESK_VIEW,
        P.HISTORY_VIEW,
        P.DOSSIER_VIEW,
        P.ROUND_VIEW,
        P.SHEETS_VIEW,
        P.DECISION_SIGN,
        P.INBOX,
        P.REPORT_VIEW,
        P.AUDIT_VIEW,
    },
    Role.COUNCIL: {P.DOSSIER_VIEW, P.SCORE, P.SHEETS_VIEW},
    Role.PRODUCER: {P.DOSSIER_VIEW, P.DOSSIER_FILE, P.INBOX, P.FIGURES_ENTER, P.COMPLAINT_REPLY},
}


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role):
    from ocop_portal.models import User

    user = User(username="x", role=role)
    assert {p for p in Permission if has_permission(user, p)} == MAY[role]
    user.is_active = False
    assert not any(has_permission(user, p) for p in Permission)
    assert ROLES[role].description


@pytest.mark.django_db
def test_scope_is_a_queryset():
    here, elsewhere = ProductFactory(), ProductFactory(producer=ProducerFactory(place=unit(BANG_PHUC)))
    today = AdministrativeUnit.objects.get(pk=here.place.current_id)
    own = UserFactory()
    here.producer.accounts.add(own)
    seen = {
        UserFactory(province=True): {here, elsewhere},
        UserFactory(signatory=True): {here, elsewhere},
        UserFactory(commune=True): {here},
        UserFactory(commune=True, unit=today): {here},
        UserFactory(commune=True, unit=unit(BANG_PHUC)): {elsewhere},
        UserFactory(council=True): set(),
        UserFactory(): set(),
        own: {here},
        UserFactory(province=True, is_active=False): set(),
    }
    for user, products in seen.items():
        assert set(Product.objects.visible_to(user)) == products, user.role
        assert set(Producer.objects.visible_to(user)) == {p.producer for p in products}, user.role


@pytest.mark.django_db
def test_staff_flags_follow_the_role():
    user = UserFactory(admin=True)
    assert user.is_staff and user.is_superuser
    user.role = Role.PROVINCE
    user.save()
    assert not (user.is_staff or user.is_superuser)
