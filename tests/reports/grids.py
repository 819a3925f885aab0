"""Filling the grid of yearly figures as a browser does."""

import html
import re

GRID = "/can-bo/so-lieu-nam/"


def opened(client, path=GRID):
    """The values of the grid's form as the page holds them; hidden `row` keys as a list."""
    page = client.get(path).content.decode()
    form = re.search(r'<form method="post".*?</form>', page.partition("<main")[2], re.S)[0]
    data: dict = {"row": []}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        value = html.unescape(attrs.get("value", ""))
        if attrs["name"] == "row":
            data["row"].append(value)
        else:
            data[attrs["name"]] = value
    data.pop("csrfmiddlewaretoken", None)
    return data


def cell(producer, name, year=2025):
    return f"r{producer.pk}-{year}-{name}"


def text_of(response):
    """The page in words, tags away."""
    page = response.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
