"""Show: what every picture, page and report shares: text, and files written whole."""
