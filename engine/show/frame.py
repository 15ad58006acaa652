"""Frame: the frame of every HTML file: it needs no other file, and runs nothing that it did not bring.

The style and the script are allowed by their hashes and nothing else may load or run, so that a label,
whatever it contains, stays a label.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from .palette import coloured
from .text import html

FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body{kind}>
{body}
</body>
</html>
"""

# what a page's own style starts from: light, unless it says otherwise
STYLE = """
:root { color-scheme: light; --bg: #fff; --ink: #1a1a1a;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial,
          sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", Menlo, Consolas, "Liberation Mono",
          monospace; }
body { background: var(--bg); color: var(--ink); font: 16px/1.45 var(--sans); }
"""


def framed(title: str, body: str, *, style: str = "", script: str = "", kind: str = "",
           attributes: bool = False) -> str:
    """A whole HTML file.

    Args:
        title: foreign text, escaped here; everything else is HTML, CSS and JavaScript of ours.
        style: what is added to the style of all pages; colours of the palette by name, as $blue.
        kind: the class of the body.
        attributes: whether the body has style attributes, which no hash can allow.
    """
    style  = STYLE + coloured(style)
    policy = {"default-src": "'none'", "style-src": "'unsafe-inline'" if attributes else hashed(style),
              "script-src": hashed(script) if script else "'none'",
              "base-uri": "'none'", "form-action": "'none'"}
    return FRAME.format(policy="; ".join(f"{what} {allowed}" for what, allowed in policy.items()),
                        title=html(title, 400), style=style, kind=f' class="{kind}"' if kind else "",
                        body=body + f"\n<script>{script}</script>" * bool(script))


def hashed(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
