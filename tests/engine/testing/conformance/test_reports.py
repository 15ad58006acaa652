"""A report says what was found: sentences, the smallest program, both answers, marks; as text and as data."""

import json
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from engine.testing import conformance, museum
from engine.testing.conformance.cases import Case, Finding
from engine.testing.conformance.loading import load
from engine.testing.conformance.reports import Report, Verdict, clean, finding_text, smallest

ENGINES = Path(__file__).parent / "engines"


def finding(sentence, *likely, code="z = x", graph=None):
    return Finding(code, ["x"], ["2.0"], ["1.0"], "", sentence, [("", says) for says in likely], graph or {})


def verdict(name, status, *findings, notes=(), group="kinks"):
    return Verdict(group, name, status, list(findings), list(notes))


def report(*verdicts, **more):
    return Report("student.py:Value", 0, 10, verdicts=list(verdicts), **more)


def test_the_mistake_that_explains_most_is_named_first():
    report = conformance(load(f"{ENGINES / 'overwrites_in_mul'}.py:Value"))
    assert report.mistakes[0][0].startswith("the gradient is overwritten in x * y, where it should")
    told = " ".join(sentence for sentence, _ in report.mistakes)            # - and / are made of + and *
    assert "inner nodes are kept" in told and "computed in backward()" in told
    assert "x / y" not in told and "none of the other mistakes" not in told


def test_a_finding_holds_the_smallest_program_both_answers_the_reason_and_both_graphs():
    report = conformance(museum.engine("overwrite"), only="accumulation on shared nodes: inputs")
    (verdict, finding), = report.findings
    assert finding.code == "x = Value(3.0)\nz = x + x\nz.backward()\nprint(x.grad)  # 2.0"
    assert (finding.inputs, finding.expected, finding.given) == (["x"], ["2.0"], ["1.0"])
    assert finding.sentence.startswith("the gradient is overwritten where it should accumulate: a node used "
                                       "twice")
    x, z = finding.graph["nodes"]
    assert (x["right"], x["given"]) == (["3.0", "2.0"], ["3.0", "1.0"])
    assert finding.graph["edges"] == [[0, 1, 0], [0, 1, 1]] and finding.graph["marked"] == [0, 1, 1]
    assert "<== the first differing edge: must add 1.0, added 0" in str(report)


def test_each_sentence_is_told_once_known_mistakes_first_and_then_what_explains_most():
    seen, sign, factor = finding("x.grad is 1.0"), finding("sign", "sign"), finding("factor", "factor")
    told = report(verdict("a", "fail", seen), verdict("b", "fail", sign), verdict("c", "fail", factor, seen),
                  verdict("d", "fail", factor)).mistakes
    assert [(sentence, [v.name for v, _ in found]) for sentence, found in told] == [
        ("factor", ["c", "d"]), ("sign", ["b"]), ("x.grad is 1.0", ["a", "c"])]


def test_points_are_cut_and_100_is_for_an_engine_without_a_mistake():
    groups = ("kinks", "tails", "topological order", "number types")
    passed = [verdict(str(k), "pass", group=group) for group in groups for k in range(100)]
    right, wrong = report(*passed), report(*passed, verdict("last", "fail", finding("wrong")))
    assert (right.points, wrong.points) == (100, 99) and wrong.score > 99.7
    assert "score 99 of 100" in str(wrong)


def test_the_score_is_the_weighted_share_of_what_was_asked():
    r = report(verdict("a", "pass"), verdict("b", "fail", finding("wrong")), verdict("c", "skip"),
               verdict("d", "pass", group="tails"), verdict("e", "advice", group="freeing memory"))
    assert r.exact == Fraction(100 * (3 * 8 + 4 * 16), 7 * 16) and (r.points, r.tenths) == (78, 78.5)
    assert r.costs == [("wrong", 21.5)] and not r.passed
    assert "score 78 of 100" in str(r) and "  21.5  mistake 1" in str(r) and "lost 21.4 of 42.9" in str(r)
    assert [(m.group, m.text) for m in r.marks if m.text != "-"] == [("kinks", "1/2"), ("tails", "1/1"),
                                                                      ("freeing memory", "advice")]
    assert report(verdict("a", "pass"), problem="it cannot be loaded").score == 0


def test_a_case_that_ended_the_process_is_lost_or_not_measured():
    lost = Verdict.lost(Case("tails", "exp(700)", None), "it ends the program")
    assert (lost.id, lost.status) == ("tails: exp(700)", "fail")
    assert lost.findings[0].sentence == "it ends the program"
    measured = Verdict.lost(Case("freeing memory", "x", None), "it hangs")
    assert (measured.status, measured.notes, measured.findings) == ("advice", ["it hangs"], [])


def test_what_was_not_asked_was_skipped_or_noted_is_told_apart():
    r = report(verdict("a", "skip", notes=["no abs(x)"]), verdict("b", "pass", notes=["slope 0 at 0"]),
               Verdict.not_asked(Case("tails", "c", None), "the time limit was reached"))
    assert (r.skipped, r.lacking, r.notes) == (["kinks: a"], ["abs(x)"], [("kinks: b", "slope 0 at 0")])
    said = str(r)
    assert "skipped: 1 cases; the engine has no abs(x)" in said and "  kinks: b: slope 0 at 0" in said
    assert "lost: 1 cases, not asked: the time limit was reached" in said and not r.passed


def test_the_failure_shown_is_the_one_with_the_smallest_picture():
    large, small = [finding("s", graph={"nodes": [{}] * n}) for n in (3, 2)]
    bare  = finding("s")
    found = [(verdict("a", "fail"), f) for f in (bare, large, small)]
    assert smallest(found)[1] is small


def test_a_finding_as_text_has_the_program_the_error_and_both_answers():
    raised = finding("wrong", code="x = Value(1.0)")._replace(error="KeyError: 'x'")
    assert finding_text(raised).split("\n") == [
        "x = Value(1.0)", "raised  KeyError: 'x'", "x.grad  expected 2.0, given 1.0"]


def test_json_and_junit_hold_the_same():
    r = report(verdict("a", "fail", finding("wrong\x1b")), verdict("b", "skip"),
               verdict("c", "pass", notes=["n"]))
    told = json.loads(r.json())
    assert told["mistakes"] == [{"sentence": "wrong\x1b", "cost": 50.0, "cases": ["kinks: a"]}]
    assert told["score"] == 50 and told["groups"]["kinks"]["lost"] == 50 and told["lost"] == []
    suite = ElementTree.fromstring(r.junit())
    assert [suite.get(k) for k in ("tests", "failures", "skipped")] == ["3", "1", "1"]
    assert suite.find("testcase/failure").get("message") == "wrong"           # XML has no escape character
    assert clean("a\tb\x00c") == "a\tbc"
    unloaded = ElementTree.fromstring(report(problem="there is no file").junit())
    assert unloaded.find("testcase/failure").get("message") == "there is no file"
