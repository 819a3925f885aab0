"""The four faces of one list, read as a client reads them."""

import csv
import io
import json
import re

from openpyxl import load_workbook

CODE = re.compile(r'<li class="card" data-code="([^"]+)"')


def page_codes(client, query):
    """The codes of all pages of the list, in order, and the total that the page states."""
    codes, number = [], 1
    while True:
        html = client.get(f"/san-pham/?{query}&page={number}").content.decode()
        codes += CODE.findall(html)
        total = int(re.search(r'data-total="(\d+)"', html)[1])
        if 'rel="next"' not in html:
            return codes, total
        number += 1


def csv_codes(client, query):
    text = b"".join(client.get(f"/san-pham.csv?{query}").streaming_content).decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text))][1:]


def xlsx_codes(client, query):
    sheet = load_workbook(io.BytesIO(client.get(f"/san-pham.xlsx?{query}").content), read_only=True).active
    return [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]


def json_rows(client, query):
    return json.loads(b"".join(client.get(f"/san-pham.json?{query}").streaming_content))
