"""Clusters of streams (docs/explanation/selection.md#clusters): pairwise correlations by pandas, trees by SciPy."""
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform


def distances(streams, lookbacks, shrinkage):
    t = len(streams)
    used = [n for n in lookbacks if 20 <= n <= t] or [t]
    d, c = [], []
    for n in used:
        last = streams.iloc[-n:]
        rho = last.where(last != 0).corr(min_periods=min(20, t)).fillna(0).to_numpy().copy()
        rho = np.clip((1 - shrinkage) * rho, -1, 1)
        np.fill_diagonal(rho, 1)
        c.append(rho)
        d.append(np.sqrt(0.5 * (1 - rho)))
    return np.mean(d, axis=0), np.mean(c, axis=0), used


def clusters(d, threshold):
    n = len(d)
    if n == 1:
        return np.empty((0, 4)), np.array([0])
    d = (d + d.T) / 2
    np.fill_diagonal(d, 0)
    z = linkage(squareform(d, checks=False), "ward")
    labels = fcluster(z, threshold, "distance")
    if len(set(labels)) > 25:
        labels = fcluster(z, 25, "maxclust")
    first = {}
    return z, np.array([first.setdefault(label, len(first)) for label in labels])
