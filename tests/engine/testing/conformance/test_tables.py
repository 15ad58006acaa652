"""Tables: a row for each engine, harmless in a spreadsheet."""

from engine import Value
from engine.testing import conformance
from engine.testing.conformance.cases import Finding
from engine.testing.conformance.reports import Report, Verdict
from engine.testing.conformance.tables import csv_table, harmless, mark_text, table


def test_a_cell_is_no_formula():
    assert harmless("=1+1") == "'=1+1" and harmless("x = 1") == "x = 1"


def test_csv_of_one_engine():
    header, row = csv_table([conformance(Value, only="kinks", examples=1)]).splitlines()
    assert header.startswith("engine,score,arithmetic") and ",7 of 7," in row


def test_the_table_names_the_groups_that_lost_marks_and_the_first_mistakes():
    findings = [Finding("", [], [], [], "", f"mistake {k}", [], {}) for k in range(4)]
    wrong = Report("ada.py", 0, 1, verdicts=[Verdict("kinks", "a", "fail", findings, [])])
    right = Report("bob.py", 0, 1, verdicts=[Verdict("kinks", "a", "pass", [], [])])
    gone  = Report("eve.py", 0, 1, problem="there is no file eve.py")
    assert table([wrong, right, gone]).split("\n")[2:] == [
        "ada.py      0  kinks 0/1", "         25.0  - mistake 0", "         25.0  - mistake 1",
        "         25.0  - mistake 2", "         25.0  - 1 more", "bob.py    100  nothing",
        "eve.py      0  there is no file eve.py"]


def test_the_row_says_what_cost_what():
    wrong = [Finding("", [], [], [], "", "=1", [], {})]
    row = csv_table([Report("a", 0, 1, verdicts=[Verdict("kinks", "a", "fail", wrong, []),
                                                 Verdict("tails", "b", "pass", [], [])])]).splitlines()[1]
    assert row.endswith(",'=1,,42.9: =1")


def test_a_mark_is_no_date():
    assert mark_text("7/11") == "7 of 11" and mark_text("-") == "-"
