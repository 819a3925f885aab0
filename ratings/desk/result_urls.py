"""The desk's addresses of results, decisions and their prints."""

from django.urls import path

from ratings.desk import decide, prints, results

urlpatterns = [
    path("ho-so/<int:pk>/tong-hop/", results.result, name="result"),
    path("ho-so/<int:pk>/tong-hop/bien-ban-giay/", results.averages, name="result-averages"),
    path("ho-so/<int:pk>/cham-lai/", results.reopen, name="result-reopen"),
    path("dot-danh-gia/<int:pk>/quyet-dinh/", decide.round_decide, name="round-decide"),
    path("ho-so/<int:pk>/khong-cong-nhan/", decide.refuse_dossier, name="result-refuse"),
    path("ho-so/<int:pk>/tra-hoi-dong/", decide.send_back, name="result-send-back"),
    path("ho-so/<int:pk>/trinh-bo/", decide.refer, name="result-refer"),
    path("ho-so/<int:pk>/ket-qua-bo/", decide.ministry, name="result-ministry"),
    path("dot-danh-gia/<int:pk>/bang-ket-qua.xlsx", prints.round_table_xlsx, name="round-table-xlsx"),
    path("dot-danh-gia/<int:pk>/bang-ket-qua.pdf", prints.round_table_pdf, name="round-table-pdf"),
    path("phien-hop/<int:pk>/bien-ban.pdf", prints.session_minutes, name="session-minutes"),
    path("giay-chung-nhan/<int:pk>/giay.pdf", prints.certificate_print, name="certificate-print"),
    path("ho-so/<int:pk>/thong-bao.pdf", prints.result_letter, name="result-letter"),
]
