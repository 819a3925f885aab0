"""The desk's addresses of rounds and the council's sessions."""

from django.urls import path

from ratings.desk import records, rounds, sessions  # noqa: F401 - records: their histories

urlpatterns = [
    path("dot-danh-gia/", rounds.round_list, name="rounds"),
    path("dot-danh-gia/them/", rounds.add, name="round-add"),
    path("dot-danh-gia/<int:pk>/", rounds.detail, name="round"),
    path("dot-danh-gia/<int:pk>/sua/", rounds.edit, name="round-edit"),
    path("dot-danh-gia/<int:pk>/dua-ho-so/", rounds.admit_dossiers, name="round-admit"),
    path("dot-danh-gia/<int:pk>/mo-cham/", rounds.open_the_scoring, name="round-open-scoring"),
    path("dot-danh-gia/<int:pk>/ket-thuc/", rounds.close, name="round-close"),
    path("dot-danh-gia/<int:pk>/phien-hop/", sessions.add, name="session-add"),
    path("phien-hop/<int:pk>/", sessions.detail, name="session"),
    path("phien-hop/<int:pk>/diem-danh/", sessions.attendance, name="session-attendance"),
]
