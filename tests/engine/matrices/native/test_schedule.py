"""Which lines run in one loop, when, and what of them needs memory."""

from engine.matrices.derivation import needed
from engine.matrices.native.schedule import bottom, copied, peeled, plain, schedule

from ..lines import program


def stages(write):
    """(the operations of each stage: kernels, loops; the operations that are stored; the schedule)."""
    roots, _ = program(write)
    lines    = needed(roots)
    found    = schedule(lines, roots)
    return ([([z.op for z in kernels], [[z.op for z in members] for _, members in loops])
             for kernels, loops in found.stages],
            [z.op for z in lines if id(z) in found.stored], found)


def layer(lines, x, y, w, u):
    """Z, A, tanh'(Z), dA, dZ and dW, as a network has them."""
    z  = lines.matmul(x, lines.transpose(u))
    a  = lines.call("tanh", z)
    s  = 1 - a * a
    dz = lines.matmul(a, lines.matmul(u, lines.transpose(u))) * s
    return [lines.matmul(lines.transpose(dz), x), lines.sum(dz, (0,))]


def test_a_layer_forward_and_back():
    """The product; one loop for A and its slope; dA, then the loop for dZ and its sum; dW."""
    found, stored, _ = stages(layer)
    assert found == [([], []), (["matmul", "matmul"], [["tanh", "*", "-"]]), (["matmul"], [["*", "sum"]]),
                     (["matmul"], [])]
    assert stored == ["matmul", "tanh", "matmul", "matmul", "-", "*", "matmul", "sum"]


def test_what_only_its_own_loop_reads_lives_in_registers():
    def chain(lines, x, y, w, u):
        return [lines.sum(lines.call("exp", lines.call("sin", x * y)), (0,))]
    assert stages(chain)[:2] == ([([], [["*", "sin", "exp", "sum"]])], ["sum"])


def test_lines_of_different_shapes_have_loops_of_their_own():
    found, stored, _ = stages(lambda lines, x, y, w, u: [lines.call("tanh", w) * x])
    assert found == [([], [["tanh"]]), ([], [["*"]])] and stored == ["tanh", "*"]


def test_a_cheap_line_of_leaves_waits_for_the_loop_that_reads_it():
    def late(lines, x, y, w, u):
        z = lines.matmul(x, lines.matmul(lines.transpose(u), u))
        return [lines.call("tanh", z) * (x - y)]
    found, stored, _ = stages(late)
    assert [loops for _, loops in found if loops] == [[["tanh", "-", "*"]]] and "-" not in stored


def test_softmax_and_logsumexp_of_one_line_are_one_kernel():
    def both(lines, x, y, w, u):
        z = x * y
        return [lines.new("softmax", (z,), (-1, 3)), lines.new("logsumexp", (z,), (-1, 1)),
                lines.new("softmax", (y,), (-1, 3))]
    found, stored, plan = stages(both)
    assert sorted(op for kernels, _ in found for op in kernels) == ["softmax", "softmax"]
    assert [z.op for z in plan.partner.values()] == ["logsumexp"] and "logsumexp" in stored


def test_a_view_is_copied_only_where_a_kernel_or_the_caller_needs_it_whole():
    def views(lines, x, y, w, u):
        half = lines.new("slice", (x,), (-1, 2), (0, 2))
        return [half * 2, lines.largest(half), lines.new("slice", (x,), (-1, 2), (1, 3))]
    roots, _ = program(views)
    assert {z.attrs for z in copied(needed(roots), roots)} == {(0, 2), (1, 3)}
    assert copied(needed(roots[:1]), roots[:1]) == []


def test_what_a_view_shows():
    roots, (x, _, _, u) = program(lambda lines, x, y, w, u: [lines.reshape(lines.transpose(u), (6,))])
    (z,) = roots
    assert bottom(z, set()) is u and bottom(z, {id(z.args[0])}) is z.args[0]
    assert peeled(z.args[0])[0] is peeled(u)[0] is u
    assert plain(u) and plain(u.lines.reshape(u, (3, 2))) and not plain(z)
