"""What became of the nodes is said in sentences, each only where there is something to say."""

import pytest

from engine import Value, dot, tanh, total, vectorize

from ..graphs import matrix, regression, samples


def test_what_every_report_says():
    """The arrays and products, what found no group, and how it runs."""
    assert regression(runner="numpy")[0].report().splitlines() == [
        "42 operations on scalars became 7 arrays; matrix products: 2 forward, 3 backward.",
        "2 nodes found no group, as no other does the same on the same kind of operands: 1 /, 1 sum.",
        "The number 4 after a sum over the batch was read as the number of samples.",
        "Runner: NumPy."]


X, W, V = samples(3, 80), matrix(40, 2, 0), Value(0.5)


@pytest.mark.parametrize("write, sentence", [
    (lambda s: s / 6, "The number 6 after a sum over the batch was read as 2 times the number of samples."),
    (lambda s: s / -3,
     "The number -3 after a sum over the batch was read as -1 times the number of samples."),
    (lambda s: s * (1 / 3),
     "The factor 0.3333333333333333 after a sum over the batch was read as 1/samples."),
    (lambda s: s * (1 / 6),
     "The factor 0.16666666666666666 after a sum over the batch was read as 1/2 samples."),
    (lambda s: s + X[0][0] * X[1][0], "Tied to 3 samples: operations between single samples were recorded."),
    (lambda s: s + total([tanh(dot(row, x[2 * k:2 * k + 2])) for x in X for k, row in enumerate(W)]),
     "Multiplied element by element, not as matrices: sum of 40; its 40 sums of products share no common "
     "rows."),
    (lambda s: s * Value(2.0), "1 Values were neither inputs, targets nor parameters: their numbers are part "
                               "of the program."),
    (lambda s: s, "80 parameters do not occur in the loss: their gradients are 0.")])
def test_a_sentence_for_what_was_noticed(write, sentence):
    loss    = write(total([tanh(V * x[0]) for x in X]))
    program = vectorize(loss, X, [], [V, *[p for row in W for p in row]])
    assert sentence in program.report().splitlines()
    assert sentence not in regression()[0].report().splitlines()


def test_the_stages_from_scalars_to_lines():
    assert regression()[0].stages() == [
        ("scalar operations", 42), ("sums of products", 38), ("operations on samples", 11), ("groups", 7),
        ("forward lines", 5)]
