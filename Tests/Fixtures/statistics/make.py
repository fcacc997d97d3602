#!/usr/bin/env python3
"""Writes scipy.json beside it: intervals, tests and corrections as SciPy computes them.

    python3 Tests/Fixtures/statistics/make.py

Wilson intervals and exact p values are SciPy's own (binomtest). SciPy has no interval for a difference of paired proportions and no Holm
correction: Newcombe's method 10 (Statistics in Medicine 17, 2635-2650, 1998) is put together from SciPy's Wilson intervals, the resolvable
difference is found by SciPy's root finder on the power of the exact test, summed over SciPy's binomial distributions, and Holm's correction is
written out. Newcombe's own
printed example, 36, 12, 2, 0 with the interval 0.0569 to 0.3404, is checked here.
"""
import json
import math
import pathlib

import numpy
import scipy
from scipy.optimize import brentq
from scipy.stats import binom, binomtest


def wilson(successes, trials):
    interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return [float(interval.low), float(interval.high)]


def newcombe(both, a_only, b_only, neither):
    n = both + a_only + b_only + neither
    a, b = (both + a_only) / n, (both + b_only) / n
    (la, ua), (lb, ub) = wilson(both + a_only, n), wilson(both + b_only, n)
    margins = (both + a_only) * (b_only + neither) * (both + b_only) * (a_only + neither)
    cross = both * neither - a_only * b_only
    if cross > 0:
        cross = max(cross - n / 2, 0)
    phi = cross / math.sqrt(margins) if margins else 0.0
    below = math.sqrt(max(0, (a - la) ** 2 - 2 * phi * (a - la) * (ub - b) + (ub - b) ** 2))
    above = math.sqrt(max(0, (ua - a) ** 2 - 2 * phi * (ua - a) * (b - lb) + (b - lb) ** 2))
    difference = (a_only - b_only) / n
    return [max(-1, difference - below), min(1, difference + above)]


def power(difference, images, rate):
    """How often the exact two-sided test at the 5 % level finds the better run."""
    rate = max(rate, difference)
    count = numpy.arange(images + 1)
    least = binom.isf(0.025, count, 0.5) + 1
    return float((binom.pmf(count, images, rate) * binom.sf(least - 1, count, (1 + difference / rate) / 2)).sum())


def resolvable(images, discordant):
    if images < 6:
        return None
    rate = discordant / images
    most = min(1, max(rate, 12 / images))
    return brentq(lambda difference: power(difference, images, rate) - 0.8, 1e-9, most, xtol=1e-15, rtol=1e-13)


def holm(p):
    order = numpy.argsort(p, kind="stable")
    adjusted = [0.0] * len(p)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, (len(p) - rank) * p[place])
        adjusted[int(place)] = min(1.0, highest)
    return adjusted


low, high = newcombe(36, 12, 2, 0)
assert (round(low, 4), round(high, 4)) == (0.0569, 0.3404), (low, high)

random = numpy.random.default_rng(20261125)
proportions = [(0, 1), (1, 1), (0, 500), (500, 500), (487, 500), (1, 3), (33195, 50000), (45, 50), (50000, 50000), (25000, 50000)]
tables = [
    (36, 12, 2, 0), (480, 7, 0, 13), (487, 0, 0, 13), (0, 10, 0, 0), (0, 0, 0, 10), (0, 5, 5, 0), (30000, 3195, 2850, 13955), (1, 1, 1, 1),
    (32000, 1, 0, 17999), (3, 2, 1, 4), (20, 6, 4, 0), (50, 0, 0, 10), (70, 15, 10, 25), (25, 15, 20, 0), (0, 3, 9, 0), (10, 0, 6, 0), (20000, 12000, 13000, 5000), (3, 0, 0, 0), (470, 17, 7, 6), (33000, 195, 340, 16465),
]
tables += [tuple(int(x) for x in row) for row in random.multinomial(1000, [0.6, 0.05, 0.07, 0.28], 6)]
p_values = [[], [0.03], [0.01, 0.04, 0.03], [0.5, 0.5, 0.0001, 1.0, 0.02, 0.02], [float(x) for x in random.random(10).round(6)]]
out = {
    "provenance": f"Tests/Fixtures/statistics/make.py with SciPy {scipy.__version__}, NumPy {numpy.__version__}",
    "wilson": [{"successes": k, "trials": n, "interval": wilson(k, n)} for k, n in proportions],
    "paired": [
        {
            "both": a, "a_only": b, "b_only": c, "neither": d, "difference": (b - c) / (a + b + c + d), "interval": newcombe(a, b, c, d),
            "mcnemar_exact_p": float(binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0,
            "resolvable": resolvable(a + b + c + d, b + c),
        }
        for a, b, c, d in tables
    ],
    "holm": [{"p": p, "adjusted": holm(p)} for p in p_values],
}
pathlib.Path(__file__).with_name("scipy.json").write_text(json.dumps(out, indent=1) + "\n")
