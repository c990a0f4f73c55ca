"""Makes acceptance.json: the acceptance figures of a small portfolio, with numpy and no code of the project."""
import json
import numpy as np

pattern = [[0.01, -0.02], [0.03, 0.0], [-0.02, 0.01], [0.0, 0.02], [0.015, -0.005], [-0.01, 0.01]]
returns = np.tile(np.array(pattern), (6, 1))
weights = np.array([0.6, 0.4])
days = 252
optimiser = np.array([[0.09, 0.01], [0.01, 0.04]])
sample = np.cov(returns, rowvar=False, ddof=1) * days
volatilities = np.sqrt(np.diag(sample))
volatility = np.sqrt(weights @ sample @ weights)
ex_ante = np.sqrt(weights @ optimiser @ weights)
stream = returns @ weights
total = np.prod(1 + stream) - 1
print(json.dumps({
    "source": "test/golden/meta/acceptance.py, numpy " + np.__version__,
    "returns": returns.tolist(),
    "weights": weights.tolist(),
    "optimiserCovariance": optimiser.tolist(),
    "annualisationDays": days,
    "sleeveVolatilities": volatilities.tolist(),
    "volatility": float(volatility),
    "diversificationRatio": float(weights @ volatilities / volatility),
    "correlation": float(np.corrcoef(returns, rowvar=False)[0, 1]),
    "effectiveNumber": float(1 / (weights @ weights)),
    "sharesRealised": (weights * (sample @ weights) / volatility ** 2).tolist(),
    "sharesExAnte": (weights * (optimiser @ weights) / ex_ante ** 2).tolist(),
    "volatilityExAnte": float(ex_ante),
    "total": float(total),
    "twrAnnualised": float((1 + total) ** (days / len(stream)) - 1),
}, indent=1))
