"""Programs: random straight-line programs, grown, asked of any engine, and shrunk to a few lines."""
