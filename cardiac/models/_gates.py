"""Gates whose steady state and rate are fractions, in one division: the dearest operation after a root."""

from cardiac.kernels import Gate, inline


@inline
def gate_from_fractions(a, A, b, B):
    """The gate with the steady state a / A and the rate b / B."""
    r = 1.0 / (A * B)
    return Gate(a * B * r, b * A * r)


@inline
def gate_from_rate_fractions(a, A, b, B):
    """The gate with the opening rate a / A and the closing rate b / B."""
    aB, AB = a * B, A * B
    both = aB + b * A
    return gate_from_fractions(aB, both, both, AB)
