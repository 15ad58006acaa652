"""Native: a program as C, compiled by the machine's own compiler."""
