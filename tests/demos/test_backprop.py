"""The first lecture: its table against the worked numbers GA-1, and that each column is computed on its
own."""

import pytest

from demos import backprop

GA_1 = {
    "delta2[1]": 2.25, "dJ/db2[1]": 2.25, "dJ/dW2[1,1]": 0, "dJ/dW2[1,2]": 2.25, "dJ/da1[1]": 4.5,
    "dJ/da1[2]": 6.75,
    "delta1[1]": 0, "delta1[2]": 6.75, "dJ/db1[1]": 0, "dJ/db1[2]": 6.75, "dJ/dW1[1,1]": 0, "dJ/dW1[1,2]": 0,
    "dJ/dW1[2,1]": 6.75, "dJ/dW1[2,2]": 13.5, "dJ/dx[1]": 3.375, "dJ/dx[2]": 3.375,
}


@pytest.mark.parametrize("column", ["by_formula", "by_engine", "by_nudging"])
def test_every_column_is_ga_1(column):
    J, rows = backprop.gradients()
    assert J.data == 2.53125
    assert {row.symbol: getattr(row, column) for row in rows} == GA_1                     # exact in binary


def test_a_wrong_gradient_would_be_seen():
    good = backprop.Row("dJ/db2[1]", "delta2[1]", 2.25, 2.25, 2.25)
    assert good.agree
    assert not good._replace(by_engine=4.5).agree
    assert not good._replace(by_nudging=2.2501).agree


def test_training_learns_the_moons(tmp_path, capsys):
    history = backprop.train(tmp_path, epochs=40)
    assert history.accuracies[-1] > 0.95 and history.validation_metrics["accuracy"][-1] > 0.9
    printed = capsys.readouterr().out
    assert all(f"\n{k:5d}  " in printed for k in range(1, 41))
