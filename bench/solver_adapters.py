"""The peers' calls: each adapter makes from a problem the work that is timed, up to weights.

Tolerances are set where the default leaves the objective further than 1e-8 from the optimum, so that all stop at about the same gap.
"""

import platform
from importlib.metadata import version

TOLERANCE = 1e-10


def versions_of(*packages):
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}


class Clarabel:
    """The interior-point solver itself, without a modelling layer: its matrices are made within the time."""

    def __init__(self, threads):
        import clarabel
        import numpy as np
        import scipy.sparse as sparse

        self.clarabel, self.np, self.sparse = clarabel, np, sparse
        self.threads = threads

    def versions(self):
        return versions_of("clarabel", "numpy", "scipy")

    def work(self, problem):
        if problem.solver == "equalRisk":
            return lambda: self.equal_risk(problem.covariance)
        if problem.solver == "maxSharpe":
            return lambda: self.least(problem.covariance, problem.means / problem.means.max(), None)
        return lambda: self.least(problem.covariance, self.np.ones(problem.size), problem.cap)

    def settings(self):
        settings = self.clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = self.threads
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
        return settings

    def upper_triangle(self, covariance, scale):
        return self.sparse.csc_matrix(self.np.triu(covariance / scale))

    def solved(self, quadratic, linear, rows, right, cones):
        solver = self.clarabel.DefaultSolver(quadratic, linear, rows, right, cones, self.settings())
        solution = solver.solve()
        if str(solution.status) not in ("Solved", "AlmostSolved", "InsufficientProgress"):
            raise RuntimeError(str(solution.status))
        return self.np.asarray(solution.x)

    def least(self, covariance, budget, cap):
        """Least x'Cx with budget'x = 1 and x >= 0, x <= cap; its tolerances are absolute, so the variance of equal weights is 1."""
        np, sparse = self.np, self.sparse
        size = len(budget)
        eye = sparse.eye(size, format="csc")
        blocks, right = [sparse.csc_matrix(budget.reshape(1, -1)), -eye], [np.ones(1), np.zeros(size)]
        if cap is not None:
            blocks.append(eye)
            right.append(np.full(size, cap))
        cones = [self.clarabel.ZeroConeT(1), self.clarabel.NonnegativeConeT(size * (len(blocks) - 1))]
        quadratic = self.upper_triangle(covariance, covariance.mean())
        x = self.solved(quadratic, np.zeros(size), sparse.vstack(blocks, format="csc"), np.concatenate(right), cones)
        return x / x.sum()

    def equal_risk(self, covariance):
        """Least x'Cx / 2 - sum(log x) / n as exponential cones: (t, 1, x) with t <= log x."""
        np, sparse = self.np, self.sparse
        size = len(covariance)
        deviations = np.sqrt(np.diag(covariance))
        every = np.arange(size)
        quadratic = self.sparse.block_diag(
            [self.upper_triangle(covariance / np.outer(deviations, deviations), 1), sparse.csc_matrix((size, size))], format="csc"
        )
        rows = sparse.csc_matrix(
            (np.full(2 * size, -1.0), (np.concatenate([3 * every, 3 * every + 2]), np.concatenate([size + every, every]))),
            shape=(3 * size, 2 * size),
        )
        right = np.tile([0.0, 1.0, 0.0], size)
        linear = np.concatenate([np.zeros(size), np.full(size, -1 / size)])
        x = self.solved(quadratic, linear, rows, right, [self.clarabel.ExponentialConeT()] * size)[:size] / deviations
        return x / x.sum()


class Skfolio:
    def __init__(self, _threads):
        import skfolio.optimization as optimization
        from given_moments import Given
        from skfolio.prior import ReturnDistribution

        self.optimization, self.given, self.distribution = optimization, Given, ReturnDistribution

    def versions(self):
        return versions_of("skfolio", "cvxpy", "scikit-learn")

    def work(self, problem):
        returns = problem.returns
        if problem.solver == "hrp":
            return lambda: self.optimization.HierarchicalRiskParity().fit(returns).weights_
        known = self.distribution(mu=problem.means, covariance=problem.covariance, returns=returns.to_numpy())
        options = {
            "prior_estimator": self.given(known),
            "solver_params": {"tol_gap_abs": TOLERANCE, "tol_gap_rel": TOLERANCE, "tol_feas": TOLERANCE},
        }
        if problem.solver == "equalRisk":
            return lambda: self.optimization.RiskBudgeting(**options).fit(returns).weights_
        if problem.solver == "maxSharpe":
            options["objective_function"] = self.optimization.ObjectiveFunction.MAXIMIZE_RATIO
        if problem.cap is not None:
            options["max_weights"] = problem.cap
        return lambda: self.optimization.MeanRisk(**options).fit(returns).weights_


class PyPortfolioOpt:
    """With OSQP, which is what it takes by default, or with Clarabel."""

    def __init__(self, solver):
        import pypfopt

        self.pypfopt, self.solver = pypfopt, solver
        self.options = (
            {"eps_abs": TOLERANCE, "eps_rel": TOLERANCE, "max_iter": 100_000}
            if solver == "OSQP"
            else {"tol_gap_abs": TOLERANCE, "tol_gap_rel": TOLERANCE, "tol_feas": TOLERANCE}
        )

    def versions(self):
        return versions_of("pyportfolioopt", "cvxpy", "osqp")

    def frontier(self, problem, means):
        bounds = (0, 1 if problem.cap is None else problem.cap)
        return self.pypfopt.EfficientFrontier(
            means, problem.covariance_frame, weight_bounds=bounds, solver=self.solver, solver_options=self.options
        )

    def work(self, problem):
        def hierarchical():
            return self.pypfopt.HRPOpt(problem.returns).optimize(linkage_method="ward")

        def sharpe():
            return self.frontier(problem, problem.means_series).max_sharpe(risk_free_rate=0.0)

        def least():
            return self.frontier(problem, None).min_volatility()

        chosen = {"hrpPlain": hierarchical, "maxSharpe": sharpe}.get(problem.solver, least)

        def weights():
            found = chosen()
            return [found[name] for name in problem.names]

        return weights


class Riskfolio:
    def __init__(self, _threads):
        import pandas as pd
        import riskfolio

        self.riskfolio, self.pandas = riskfolio, pd

    def versions(self):
        return versions_of("riskfolio-lib", "cvxpy")

    def portfolio(self, problem):
        portfolio = self.riskfolio.Portfolio(returns=problem.returns)
        portfolio.mu = self.pandas.DataFrame([problem.means], columns=problem.names)
        portfolio.cov = problem.covariance_frame
        portfolio.solvers = ["CLARABEL"]
        portfolio.sol_params = {"CLARABEL": {"tol_gap_abs": TOLERANCE, "tol_gap_rel": TOLERANCE, "tol_feas": TOLERANCE}}
        if problem.cap is not None:
            portfolio.upperlng = problem.cap
        return portfolio

    def work(self, problem):
        def hierarchical():
            return self.riskfolio.HCPortfolio(returns=problem.returns).optimization(
                model="HRP", codependence="pearson", rm="MV", rf=0, linkage="ward", leaf_order=problem.solver == "hrp"
            )

        def equal_risk():
            return self.portfolio(problem).rp_optimization(model="Classic", rm="MV", rf=0, b=None, hist=True)

        def program():
            objective = "Sharpe" if problem.solver == "maxSharpe" else "MinRisk"
            return self.portfolio(problem).optimization(model="Classic", rm="MV", obj=objective, rf=0, l=0, hist=True)

        chosen = hierarchical if problem.solver.startswith("hrp") else {"equalRisk": equal_risk}.get(problem.solver, program)

        def weights():
            found = chosen()
            if found is None:
                raise RuntimeError("no solution")
            return found.loc[problem.names, "weights"].to_numpy()

        return weights


adapters = {
    "clarabel": Clarabel,
    "skfolio": Skfolio,
    "pyportfolioopt": lambda _threads: PyPortfolioOpt("OSQP"),
    "pyportfoliooptClarabel": lambda _threads: PyPortfolioOpt("CLARABEL"),
    "riskfolio": Riskfolio,
}
