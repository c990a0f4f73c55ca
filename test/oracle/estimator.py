"""One covariance per call (docs/explanation/profiles.md): scikit-learn's Ledoit-Wolf or the sample one, correlations shrunk, annualised."""
import numpy as np
from sklearn.covariance import ledoit_wolf


def covariance(rows: np.ndarray, annualisation: int, estimator: str = "ledoit_wolf", correlation_shrink: float = 0.01):
    """T x n daily returns -> (annualised n x n covariance, Ledoit-Wolf intensity or None)."""
    if rows.shape[1] == 1 or estimator == "sample":
        matrix, intensity = np.atleast_2d(np.cov(rows, rowvar=False, ddof=1)), None
    else:
        matrix, intensity = ledoit_wolf(rows, assume_centered=False)
        intensity = float(intensity)
    shrunk = matrix * (1 - correlation_shrink)
    np.fill_diagonal(shrunk, np.diag(matrix))
    return shrunk * annualisation, intensity
