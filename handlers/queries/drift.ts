import { chooseRun } from '../../domain/allocation/chosen-runs.ts';
import {
  type DriftedSleeve,
  driftKnownTo,
  driftSince,
  returnsOfRun,
  type SleeveReturns,
  type Unknown,
} from '../../domain/allocation/drift.ts';
import { turnoverTwoSided } from '../../domain/allocation/rebalance.ts';
import { defaultOptions, optionsOf } from '../../domain/allocation/meta-options.ts';
import { type AtomicSleeve, atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { definitionKey, portfolioDirectory, portfolioKey, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { viewOf } from '../read-models/views.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import { publicationInForce, type PublicationsQuestion } from '../runs/publication-in-force.ts';
import { offerOf } from '../runs/select-sleeve-runs.ts';
import { sleevesAt, type SleeveSource } from '../runs/sleeve-sources.ts';
import { portfolioUndefined } from './portfolio-undefined.ts';

export interface SleeveDrift extends DriftedSleeve {
  /** The run whose returns say how it has grown. */
  readonly runId: string;
}

export interface AssetDrift {
  readonly symbol: string;
  readonly published: number;
  readonly drifted: number;
}

export interface PortfolioDrift {
  readonly meta: string;
  /** Number of the publication in force. */
  readonly number: number;
  readonly runId: string;
  readonly risk: RiskProfile;
  readonly asOf: string;
  /** The date up to which the returns of every sleeve are known; that of the publication where none later is. */
  readonly to: string;
  /** Sum of absolute distances from the published weights; null where the returns are not known. */
  readonly driftTwoSided: number | null;
  readonly unknownBecause: string | null;
  /** By path. */
  readonly sleeves: readonly SleeveDrift[];
  /** By symbol. */
  readonly assets: readonly AssetDrift[];
  readonly position: string | null;
}

interface Followed {
  readonly runId: string;
  readonly returns: SleeveReturns;
}

/** The run of a sleeve that the portfolio would consume now, with its returns; why there is none, where there is none. */
async function followed(
  ports: Ports,
  sleeve: AtomicSleeve,
  source: SleeveSource,
  { asOf, delivered }: { readonly asOf: string | null; readonly delivered: readonly RiskProfile[] },
): Promise<Followed | Unknown> {
  try {
    const { runId } = chooseRun(sleeve, await offerOf(source, sleeve, asOf), asOf);
    const returns = returnsOfRun(await loadSleeveRun(ports, runId, delivered), delivered);
    return returns === null ? { unknown: `run ${runId} has no stream of ${delivered.join(' or ')}` } : { runId, returns };
  } catch (error) {
    if (error instanceof LedgerError && (error.code === 'SleeveRunMissing' || error.code === 'SleeveQuarantined'))
      return { unknown: error.message };
    throw error;
  }
}

/**
 * How far a portfolio has drifted from its publication in force: the ledger holds no prices, so each sleeve's part has grown by its own
 * returns since, as far as its newest run tells them. The same measure as that of a rebalance. Errors: PortfolioUndefined,
 * NothingPublished.
 */
export async function portfolioDrift(ports: Ports, question: PublicationsQuestion): Promise<PortfolioDrift> {
  const { meta, asOf, knownAt } = question;
  const view = await viewOf(ports, portfolioDirectory, knownAt);
  if ((await view.row<PortfolioRow>(portfolioKey(meta))) === null) throw portfolioUndefined(meta);
  const last = await publicationInForce(ports, question);
  const definition = await view.row<MetaPortfolioDefined>(definitionKey(meta, last.definitionNumber));
  invariant(definition !== null, 'a publication whose definition is not recorded', { meta, number: last.definitionNumber });
  const node = await loadDocument(ports.artifacts, 'meta-portfolio', definition.definition);
  const { assets } = await loadDocument(ports.artifacts, 'flattened-portfolio', last.portfolio);
  const delivered = [last.risk, ...(optionsOf(node, defaultOptions).proxies[last.risk] ?? [])];
  const until = knownAt === null ? await ports.store.head() : await positionKnownAt(ports, knownAt);
  const source = sleevesAt(ports, until);
  const held = new Set(assets.flatMap(({ contributors }) => contributors.map(({ path }) => pathKey(path))));
  const byPath = new Map<string, Followed | Unknown>();
  for (const sleeve of atomicSleeves(node)) {
    const key = pathKey(sleeve.path);
    if (held.has(key)) byPath.set(key, await followed(ports, sleeve, source, { asOf, delivered }));
  }
  const returns = [...byPath.values()].flatMap((one) => ('unknown' in one ? [] : [one.returns]));
  const to = driftKnownTo(last.asOf, returns);
  const drift = driftSince({ asOf: last.asOf, assets }, to, (path) => {
    const found = byPath.get(path)!;
    return 'unknown' in found ? found : found.returns;
  });
  const isKnown = drift.unknownBecause === null;
  return {
    meta,
    number: last.number,
    runId: last.runId,
    risk: last.risk,
    asOf: last.asOf,
    to,
    driftTwoSided: isKnown ? turnoverTwoSided(drift.weights, last.weights) : null,
    unknownBecause: drift.unknownBecause,
    sleeves: drift.sleeves.map((sleeve) => ({ ...sleeve, runId: (byPath.get(pathKey(sleeve.path)) as Followed).runId })),
    assets: isKnown
      ? [...drift.weights]
          .map(([symbol, drifted]) => ({ symbol, published: last.weights[symbol] ?? 0, drifted }))
          .toSorted((left, right) => byCodeUnits(left.symbol, right.symbol))
      : [],
    position: view.position,
  };
}
