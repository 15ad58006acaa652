"""Marks of the derivation tests: item("D1-36", ...) and erratum("ERR-D1-8"); they reach the JUnit report."""

MARKS = {
    "item":    "item(*ids): the items of demos/catalogue.json that the test proves",
    "erratum": "erratum(*ids): the errata of demos/catalogue.json that the test shows",
}


def pytest_configure(config):
    for text in MARKS.values():
        config.addinivalue_line("markers", text)


def pytest_collection_modifyitems(items):
    for test in items:
        for mark in MARKS:
            test.user_properties += [(mark, id) for found in test.iter_markers(mark) for id in found.args]
