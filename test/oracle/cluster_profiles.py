"""Risk profiles on clusters of streams, written from the specification (docs/explanation/profiles.md#clusters).

Trees by SciPy; programmes by Clarabel, then polished by one solve on the constraints that hold, whose optimality is asserted."""
import clarabel
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from estimator import covariance
from profiles import Context, antifragility, hrp, max_sharpe, min_variance, risk_parity
from stream_clusters import clusters, distances


class Infeasible(Exception):
    pass


def program(q, equal, at_least):
    """argmin x'Qx/2 with a'x = b for (a, b) in `equal` and a'x >= b for those in `at_least`."""
    n = len(q)
    a = np.array([row for row, _ in equal] + [-row for row, _ in at_least])
    b = np.array([bound for _, bound in equal] + [-bound for _, bound in at_least])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-12
    cones = [clarabel.ZeroConeT(len(equal)), clarabel.NonnegativeConeT(len(at_least))]
    scale = np.diag(q).mean()
    found = clarabel.DefaultSolver(sparse.csc_matrix(q / scale), np.zeros(n), sparse.csc_matrix(a), b, cones, settings).solve()
    held = [k for k in range(len(b)) if k < len(equal) or found.z[k] > found.s[k]]
    x = polished(q / scale, a, b, held)
    slack = b - a @ x
    assert np.abs(slack[: len(equal)]).max() < 1e-10 and slack[len(equal):].min(initial=0) > -1e-10, "a constraint is broken"
    assert np.abs(x - np.array(found.x)).max() < 1e-5 * max(1, np.abs(x).max()), "polishing moved the solution"
    return x


def polished(q, a, b, held):
    n, m = len(q), len(held)
    kkt = np.block([[q, a[held].T], [a[held], np.zeros((m, m))]])
    right = np.concatenate([np.zeros(n), b[held]])
    answer = np.linalg.lstsq(kkt, right, rcond=1e-14)[0]
    answer += np.linalg.lstsq(kkt, right - kkt @ answer, rcond=1e-14)[0]
    multipliers = np.zeros(len(b))
    multipliers[held] = answer[n:]
    assert np.abs(q @ answer[:n] + a.T @ multipliers).max() < 1e-10, "stationarity fails"
    return answer[:n]


def unit(n):
    return list(np.eye(n))


def capped_min_variance(sigma, cap, ridge):
    n = len(sigma)
    rows = [(e, 0.0) for e in unit(n)] + [(-e, -cap) for e in unit(n)]
    return program(sigma + ridge * np.eye(n), [(np.ones(n), 1.0)], rows)


def capped_max_sharpe(sigma, mean, cap, ridge):
    n = len(sigma)
    if mean.max() <= 0:
        return capped_min_variance(sigma, cap, ridge)
    best = linprog(-mean, A_eq=np.ones((1, n)), b_eq=[1], bounds=(0, cap))
    if -best.fun <= 0:
        return best.x
    rows = [(e, 0.0) for e in unit(n)] + [(cap * np.ones(n) - e, 0.0) for e in unit(n)]
    y = program(sigma, [(mean / mean.max(), 1.0)], rows)
    return y / y.sum()


def projected(weights, cap):
    """The nearest weights up to the cap, by bisection on what is taken off each."""
    low, high = weights.min() - 1, weights.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(weights - middle, 0, cap).sum() > 1 else (low, middle)
    return np.clip(weights - (low + high) / 2, 0, cap)


def clustered(streams, s):
    """Labels by column (sorted by name), shares inside, and the returns of the clusters."""
    _, labels = clusters(distances(streams, s["lookbacks"], s["shrinkage"])[0], s["threshold"])
    rows = streams.to_numpy()
    sigma = np.maximum(rows.std(axis=0, ddof=1) * np.sqrt(s["A"]), 1e-6)
    shares = sigma**-2
    for k in set(labels):
        shares[labels == k] /= shares[labels == k].sum()
    returns = np.column_stack([(rows * shares)[:, labels == k].sum(axis=1) for k in range(labels.max() + 1)])
    return labels, shares, returns


def capped(profile, returns, cap, context):
    """Weights of the clusters."""
    k = returns.shape[1]
    if k == 1 or profile == "equal_weight" or k * cap <= 1 + 1e-9:
        return np.full(k, 1 / k)
    sigma, _ = covariance(returns, context.annualisation)
    acting = max(cap, 1 / k)
    mean = returns.mean(axis=0) * context.annualisation
    if profile == "min_variance":
        return min_variance(returns, sigma, context)[0] if acting >= 1 else capped_min_variance(sigma, acting, context.ridge)
    if profile == "max_sharpe":
        return max_sharpe(returns, sigma, context)[0] if acting >= 1 else capped_max_sharpe(sigma, mean, acting, context.ridge)
    own = {"hrp": hrp, "risk_parity": risk_parity}[profile](returns, sigma, context)[0]
    return projected(own, acting) if own.max() > acting else own


def barbell(streams, labels, shares, returns, cap, fraction, context):
    k = returns.shape[1]
    if k == 1:
        return shares
    score = antifragility(streams.to_numpy())
    leaders = [max(np.flatnonzero(labels == c), key=lambda i: (score[i], -i)) for c in range(k)]
    count = min(min(5, max(1, k // 2)), k - 1)
    aggressors = sorted(range(k), key=lambda c: (-score[leaders[c]], leaders[c]))[:count]
    core = [c for c in range(k) if c not in aggressors]
    inner = np.full(len(core), 1 / len(core)) if len(core) < 10 else capped("hrp", returns[:, core], cap, context)
    weights = np.zeros(len(labels))
    for c, w in zip(core, inner):
        weights[labels == c] = shares[labels == c] * w * (1 - fraction)
    weights[[leaders[c] for c in aggressors]] = fraction / count
    return weights


def profile(name, streams, s, cap, fraction=0.10):
    """Weights of the columns, sorted by name."""
    streams = streams[sorted(streams)]
    context = Context(s["A"])
    labels, shares, returns = clustered(streams, s)
    if name == "barbell":
        return barbell(streams, labels, shares, returns, cap, fraction, context)
    return capped(name, returns, cap, context)[labels] * shares


def market_neutral(streams, pool, s):
    streams = streams[sorted(streams)]
    rows, n = streams.to_numpy(), streams.shape[1]
    beta = np.array([np.cov(column, pool)[0, 1] / np.var(pool, ddof=1) for column in rows.T])
    limit = 0.05 if n >= 15 else 0.15
    if beta.min() > limit or beta.max() < -limit:
        raise Infeasible
    if n == 1:
        return np.ones(1)
    sigma = covariance(rows, s["A"])[0] + 1e-6 * np.eye(n)
    bounds = [(e, 0.0) for e in unit(n)] + [(beta, -limit), (-beta, -limit)]
    return program(sigma, [(np.ones(n), 1.0)], bounds)
