import { weighed } from '../allocation/node.ts';
import { rowsOf } from '../returns/matrix.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { projectToBounds } from '../risk/bounds.ts';
import { selectColumns } from '../risk/columns.ts';
import { columnStandardDeviations } from '../risk/covariance.ts';
import { solveProfile } from '../risk/profiles.ts';
import { solvePolicyOf } from '../risk/solve-policy.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import { LedgerError } from '../shared/errors.ts';
import type { WindowRows } from '../walk-forward/walk-forward.ts';
import { Book, type BookPlan } from './book.ts';
import { AssetHolder, type Holder } from './holders.ts';
import { admittedAt, type JoinedAssets } from './joined-assets.ts';
import type { DecidedPortfolio, PortfolioWork } from './portfolio.ts';
import { failureOf, type JobFailure } from './sleeve-job.ts';

/** What a run is held against: `alone:<sleeve>` holds one sleeve and nothing else. */
export type BaselineName = 'equal_weight_meta' | 'static_hrp' | 'inverse_volatility' | 'flat' | `alone:${string}`;

/** A baseline before it is run: what it decides at each of the run's decisions, or why it cannot. */
export interface PlannedBaseline {
  readonly name: BaselineName;
  /** Fitted on rows that its decisions could not know, by design. */
  readonly lookAhead: boolean;
  /** Columns of its weights: sleeves, or assets where it is flat. */
  readonly columns: readonly string[];
  readonly decided:
    { readonly raw: readonly (readonly number[])[]; readonly bounded: readonly (readonly number[])[]; readonly book: Book } | JobFailure;
  /** Holders that move with it, where they are not those of the run. */
  readonly ownHolders: readonly Holder[];
}

type Weights = readonly number[];

function inverseVolatility(training: ReturnMatrix): Weights {
  const inverse = columnStandardDeviations(training).map((deviation) => 1 / deviation);
  const sum = inverse.reduce((total, value) => total + value, 0);
  if (!Number.isFinite(sum))
    throw new LedgerError('SolverFailed', 'inverse_volatility: a sleeve has no volatility', { evidence: { columns: training.columns } });
  return [...inverse].map((value) => value / sum);
}

/** Plans the baselines of a portfolio on the rows, closes and guardrails of its own decisions. */
export class Baselines {
  readonly #work: PortfolioWork;
  readonly #portfolio: DecidedPortfolio;
  readonly #shared: readonly Holder[];
  readonly #assets: JoinedAssets;

  constructor(work: PortfolioWork, portfolio: DecidedPortfolio, shared: readonly Holder[], assets: JoinedAssets) {
    this.#work = work;
    this.#portfolio = portfolio;
    this.#shared = shared;
    this.#assets = assets;
  }

  get #joined(): ReturnMatrix {
    return this.#portfolio.level.join.matrix;
  }

  #plan(weights: readonly Weights[]): BookPlan {
    const { plan } = this.#portfolio;
    return { ...plan, decisions: plan.decisions.map(({ closeOf }, index) => ({ closeOf, capital: weights[index]! })) };
  }

  #guarded(raw: Weights): Weights {
    const { node } = this.#portfolio;
    const ids = this.#joined.columns;
    const bounds = ids.map((id) => node.bounds.find((bound) => bound.id === id)!);
    const method = this.#work.options.projection ?? node.allocation.projection;
    const lower = bounds.map((bound) => bound.lower);
    const upper = bounds.map((bound) => bound.upper);
    return projectToBounds(raw, lower, upper, method, ids).weights;
  }

  #planned(name: BaselineName, lookAhead: boolean, weigh: (window: WindowRows) => Weights, isGuarded = true): PlannedBaseline {
    const columns = this.#joined.columns;
    try {
      const raw = this.#portfolio.level.windows.map(weigh);
      const bounded = isGuarded ? raw.map((weights) => this.#guarded(weights)) : raw;
      return { name, lookAhead, columns, decided: { raw, bounded, book: new Book(this.#shared, this.#plan(bounded)) }, ownHolders: [] };
    } catch (error) {
      if (!endsProfile(error)) throw error;
      return { name, lookAhead, columns, decided: failureOf(error), ownHolders: [] };
    }
  }

  #equal(): PlannedBaseline {
    const size = this.#joined.columns.length;
    return this.#planned('equal_weight_meta', false, () => Array.from({ length: size }, () => 1 / size));
  }

  /** hrp on every joined row, the later ones included. */
  #staticHrp(): PlannedBaseline {
    const { node, parameters } = this.#portfolio;
    let fitted: Weights | null = null;
    return this.#planned('static_hrp', true, () => {
      fitted ??= weighed({ ...this.#work, risk: 'hrp' }, node, this.#joined, parameters).raw;
      return fitted;
    });
  }

  #inverseVolatility(): PlannedBaseline {
    return this.#planned('inverse_volatility', false, ({ trainFirst, testFirst }) =>
      inverseVolatility(rowsOf(this.#joined, trainFirst, testFirst)),
    );
  }

  #alone(id: string): PlannedBaseline {
    const alone = this.#joined.columns.map((column) => (column === id ? 1 : 0));
    return this.#planned(`alone:${id}`, false, () => alone, false);
  }

  /**
   * The profile on the distinct assets of all sleeves at once, at the run's own decisions and without guardrails: those that a sleeve may
   * hold at the close of the decision, and cash where there are none.
   */
  #flat(): PlannedBaseline {
    const { sleeves, level, parameters } = this.#portfolio;
    const { risk, rules } = this.#work;
    const { assets, matrix: joined } = this.#assets;
    const columns = assets.map(({ path }) => path.key);
    const ownHolders = assets.map(({ path, returns, column }) => new AssetHolder(path, returns, column));
    const givenOrder = [...new Set(sleeves.flatMap((sleeve) => sleeve.givenOrder))].filter((symbol) => columns.includes(symbol));
    try {
      const raw = level.windows.map(({ trainFirst, testFirst }, index) => {
        const held = admittedAt(sleeves, assets, level.decisions[index]!.newestRead);
        const weights = columns.map(() => 0);
        if (held.length === 0) return weights;
        const training = selectColumns(rowsOf(joined, trainFirst, testFirst), held);
        const order = givenOrder.filter((symbol) => training.columns.includes(symbol));
        const solve = solveProfile({ risk, training, parameters, givenOrder: order, policy: solvePolicyOf(rules) });
        solve.weights.forEach(({ weight }, at) => (weights[held[at]!] = weight));
        return weights;
      });
      const book = new Book(ownHolders, this.#plan(raw));
      return { name: 'flat', lookAhead: false, columns, decided: { raw, bounded: raw, book }, ownHolders };
    } catch (error) {
      if (!endsProfile(error)) throw error;
      return { name: 'flat', lookAhead: false, columns, decided: failureOf(error), ownHolders };
    }
  }

  all(): PlannedBaseline[] {
    const alone = this.#joined.columns.map((id) => this.#alone(id));
    return [this.#equal(), this.#staticHrp(), this.#inverseVolatility(), ...alone, this.#flat()];
  }
}
