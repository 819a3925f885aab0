"""The desk after certification: inspections, warnings, citizens' reports."""

from django.urls import path

from products.desk import complaints, inspection_plans, inspections, warnings

urlpatterns = [
    path("kiem-tra/", inspections.inspection_list, name="inspections"),
    path("kiem-tra/danh-sach.xlsx", inspections.inspection_xlsx, name="inspections-xlsx"),
    path("kiem-tra/lap/", inspection_plans.plan, name="inspection-plan"),
    path("kiem-tra/<int:pk>/", inspections.detail, name="inspection"),
    path("kiem-tra/<int:pk>/ghi/", inspections.record, name="inspection-record"),
    path("kiem-tra/<int:pk>/sua/", inspection_plans.edit, name="inspection-edit"),
    path("kiem-tra/<int:pk>/huy/", inspections.cancel, name="inspection-cancel"),
    path("kiem-tra/<int:pk>/khac-phuc/", inspections.follow_up, name="inspection-follow-up"),
    path("kiem-tra/<int:pk>/kiem-tra-lai/", inspection_plans.plan_again, name="inspection-again"),
    path("kiem-tra/<int:pk>/tai-lieu/", inspections.add_file, name="inspection-add-file"),
    path("kiem-tra/<int:pk>/bien-ban.pdf", inspections.minutes, name="inspection-minutes"),
    path("kiem-tra/<int:pk>/canh-bao/", warnings.warn_after_inspection, name="inspection-warn"),
    path("tai-lieu-kiem-tra/<int:pk>/", inspections.file, name="inspection-file"),
    path("chu-the/<int:pk>/kiem-tra/", inspection_plans.plan_producer, name="inspection-plan-producer"),
    path("canh-bao/", warnings.warning_list, name="warnings"),
    path("canh-bao/<int:pk>/", warnings.detail, name="warning"),
    path("phan-anh/", complaints.complaint_list, name="complaints"),
    path("phan-anh/danh-sach.xlsx", complaints.complaint_xlsx, name="complaints-xlsx"),
    path("phan-anh/<int:pk>/", complaints.detail, name="complaint"),
    path("phan-anh/<int:pk>/anh/", complaints.photo, name="complaint-photo"),
    path("phan-anh/<int:pk>/kiem-tra/", complaints.plan, name="complaint-plan"),
    path("phan-anh/<int:pk>/canh-bao/", warnings.warn_after_complaint, name="complaint-warn"),
    path("phan-anh/<int:pk>/<slug:name>/", complaints.step, name="complaint-step"),
    path("phan-anh-ve-san-pham/", complaints.own_list, name="own-complaints"),
    path("phan-anh-ve-san-pham/<int:pk>/", complaints.own_detail, name="own-complaint"),
]
