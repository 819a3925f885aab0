"""Addresses of the dossiers' room, in the namespace `desk`."""

from django.urls import path

from ratings.desk import dossier_forms, dossier_prints, dossier_start, dossier_steps, dossiers, evidence

urlpatterns = [
    path("ho-so/", dossiers.dossier_list, name="dossiers"),
    path("ho-so/moi/", dossier_start.start, name="dossier-start"),
    path("ho-so/<int:pk>/", dossiers.detail, name="dossier"),
    path("ho-so/<int:pk>/mau-01/", dossier_forms.registration, name="dossier-registration"),
    path("ho-so/<int:pk>/mau-02/<slug:part>/", dossier_forms.self_score, name="dossier-self-score"),
    path("ho-so/<int:pk>/minh-chung/", evidence.evidence_list, name="dossier-evidence"),
    path("minh-chung/<int:pk>/tep/", evidence.file, name="evidence-file"),
    path("minh-chung/<int:pk>/bo/", evidence.remove, name="evidence-remove"),
    path("ho-so/<int:pk>/nop/", dossier_steps.submit, name="dossier-submit"),
    path("ho-so/<int:pk>/mau-03/", dossier_steps.review, name="dossier-review"),
    path("ho-so/<int:pk>/to-tu-van/", dossier_steps.report, name="dossier-report"),
    path("ho-so/<int:pk>/buoc/<slug:name>/", dossier_steps.step, name="dossier-step"),
    path("ho-so/<int:pk>/ho-so.pdf", dossier_prints.dossier_print, name="dossier-print"),
    path("ho-so/<int:pk>/mau-03.pdf", dossier_prints.review_print, name="dossier-review-print"),
    path("ho-so/<int:pk>/lich-su/", dossiers.history, name="dossier-history"),
]
