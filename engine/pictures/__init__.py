"""Pictures: a graph drawn, from DOT to SVG, PNG, PDF and HTML."""
