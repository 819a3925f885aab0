"""Filling the desk's forms as a browser does: open the page, take its hidden fields and values, change some, send."""

import html
import re


def opened(client, path):
    """The values of the page's main form (the last POST form), as a browser would send them back unchanged."""
    page = client.get(path).content.decode()
    form = re.findall(r'<form method="post".*?</form>', page.partition("<main")[2], re.S)[-1]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.S)
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attrs.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in attrs and attrs.get("type") != "file":
            data[attrs["name"]] = html.unescape(attrs.get("value", ""))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        data[name] = html.unescape(body.removeprefix("\n"))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        first = re.search(r'<option value="([^"]*)"', body)
        data[name] = html.unescape((chosen or first)[1])
    data.pop("csrfmiddlewaretoken", None)
    return data


def send(client, path, **changes):
    """Open the form, change what is named, send it."""
    return client.post(path, {**opened(client, path), **changes})


def errors(response):
    """The sentences shown at fields and above the form."""
    page = response.content.decode()
    return html.unescape(
        re.sub(r"<[^>]+>", " ", " ".join(re.findall(r'class="error-summary".*?</div>', page, re.S)))
    )
