"""The exact strip: its numbers are in `proof/test_fronts`; here what follows from its laws."""

import math

import pytest

from cardiac.analysis.cubic_strip import Cubic, Leak, critical_conductance, critical_width, limit

CUBIC = Cubic(8.0, 0.1)


@pytest.mark.parametrize("a", [0.05, 0.13, 0.25])
def test_the_critical_conductance_is_the_inverse_of_the_critical_width(a):
    medium = Cubic(8.0, a)
    for factor in (1.2, 3.0, 20.0):
        g = factor * limit(medium, (1.0 + a) / 3.0 + 0.1)
        width = critical_width(medium, Leak(g, -0.1))
        assert critical_conductance(medium, width, -0.1) == pytest.approx(
            g, rel=2e-5
        )  # log g is found to 1e-5


def test_lengths_go_with_the_root_of_the_diffusivity_and_rates_with_that_of_the_medium():
    width = critical_width(CUBIC, Leak(2.0, -0.1))
    assert critical_width(CUBIC._replace(D=0.1), Leak(2.0, -0.1)) == pytest.approx(math.sqrt(0.1) * width)
    assert critical_width(Cubic(80.0, 0.1, 10.0), Leak(20.0, -0.1)) == pytest.approx(width)


def test_a_wide_strip_blocks_from_the_limit_of_uniform_tissue_on():
    g = limit(CUBIC, 1.1 / 3.0 + 0.1)
    assert critical_conductance(CUBIC, 20.0, -0.1) == pytest.approx(g, rel=1e-4)
    assert critical_width(CUBIC, Leak(0.999 * g, -0.1)) == math.inf


def test_the_limits_of_the_published_parameters():
    """The modified Mitchell-Schaeffer model, with a reversal potential of -95 mV."""
    assert limit(Cubic(1.0 / 0.3, 0.13), 1.13 / 3.0 + 0.15) == pytest.approx(0.3665, abs=5e-5)
    assert 100.0 * limit(Cubic(1.0 / 0.3, 0.13), 1.0) == pytest.approx(19.3, abs=0.05)
