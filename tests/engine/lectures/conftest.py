"""A lecture, opened in the browser."""

import pytest

from engine import Value, tanh

@pytest.fixture
def opened(browser, tmp_path):
    """opened(lecture): its page in the browser; a console error, a failure or a request to a network fails
    the test."""
    contexts, complaints = [], []

    def open_page(lecture, width=1280, height=800, name="page.html", **options):
        path = lecture.save(tmp_path / name)
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda message: complaints.append(f"console {message.type}: {message.text}"))
        page.on("request", lambda r: r.url.startswith("file:") or complaints.append(f"request: {r.url}"))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shared():
    """L = a*a + x*a with a = tanh(w*x + b): x is used twice, a three times."""
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    a = tanh(w * x + b)
    L = a * a + x * a
    L.label = "L"
    return L
