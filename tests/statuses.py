"""For tables of who is answered what: other tests show each page and paper."""

PAPERS = ("ratings.documents", "reports.papers", "reports.year_paper", "products.inspection_paper")


def answer_without_pages(monkeypatch) -> None:
    """Neither pages nor papers are made: an answer has its status and headers alone."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
    for module in PAPERS:
        monkeypatch.setattr(f"{module}.typeset", lambda *args, **kwargs: b"%PDF-1.7\n")
