"""Makes reference.json: intervals by statsmodels and SciPy, and by counting in whole numbers, for estimators.test.ts.

    pip install statsmodels==0.15.0 && python reference.py > reference.json, then oxfmt reference.json

Proportions: k, n, Wilson low and high, Clopper-Pearson low and high, Agresti-Coull low and high.
Poisson: k, low, high. Finite: population, n, k, low, high. All two-sided at 95 %.
"""

import json
import random
from math import comb

import statsmodels
from scipy import __version__ as scipy_version
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

random.seed(20261101)


def proportion():
    n = int(10 ** random.uniform(0, 6.7))
    k = min(n, int(n * 10 ** random.uniform(-6, 0))) if random.random() < 0.8 else random.randint(0, n)
    row = [k, n]
    for method in ("wilson", "beta", "agresti_coull"):
        low, high = proportion_confint(k, n, method=method)
        # statsmodels leaves rounding errors outside of [0, 1], and beside 0 and 1 where Wilson's ends are exactly those.
        low, high = max(0.0, float(low)), min(1.0, float(high))
        row += [0.0 if k == 0 else low, 1.0 if k == n else high]
    return row


def poisson(k):
    return [k, 0.0 if k == 0 else float(chi2.ppf(0.025, 2 * k) / 2), float(chi2.ppf(0.975, 2 * k + 2) / 2)]


def finite():
    population = random.randint(2, 600)
    n = random.randint(1, population)
    k = min(n, int(n * 10 ** random.uniform(-3, 0)))
    everything = comb(population, n)
    kept = []
    for positives in range(population + 1):
        ways = [comb(positives, x) * comb(population - positives, n - x) for x in range(n + 1)]
        if 40 * sum(ways[: k + 1]) > everything and 40 * sum(ways[k:]) > everything:
            kept.append(positives)
    return [population, n, k, kept[0], kept[-1]]


print(
    json.dumps(
        {
            "madeBy": f"statsmodels {statsmodels.__version__}, SciPy {scipy_version}",
            "proportions": [proportion() for _ in range(1000)],
            "poisson": [poisson(int(10 ** random.uniform(0, 5)) - 1) for _ in range(100)],
            "finite": [finite() for _ in range(200)],
        }
    ).replace("], [", "],\n[")
)
