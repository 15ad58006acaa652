"""Graphs: a graph read: its nodes and their roles, the documents' names, folds, paths, formulas."""
