"""Show: what every picture, page and report shares: text, numbers, palette, DOT, page frame, files."""
