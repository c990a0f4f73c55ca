import type { DomainEvent } from '../../domain/catalogue.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import { type Contributor, physicalSymbol } from '../../domain/allocation/flatten.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { type LetIn, letIn } from '../runs/let-in.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { type FoundBy, foundBy } from '../scans/found-by.ts';
import type { Ports } from '../ports/ports.ts';
import { type AllocationQuery, currentAllocation } from './allocations.ts';

export interface BoundAlongPath {
  readonly portfolio: readonly string[];
  readonly id: string;
  readonly lower: number;
  readonly upper: number;
  readonly raw: number;
  readonly bounded: number;
}

export interface ExplainedContribution extends Contributor {
  /** The guardrails met on the way down to the sleeve. */
  readonly bounds: readonly BoundAlongPath[];
  /** The scans that let it in; left out where the universe of the sleeve came from elsewhere. */
  readonly foundBy?: readonly FoundBy[];
  /** The decision that let it into the sleeve; left out where the sleeve selects nothing. */
  readonly letIn?: LetIn;
}

export interface ExplainedWeight {
  readonly symbol: string;
  readonly weight: number;
  readonly meta: string;
  readonly runId: string;
  readonly risk: string;
  readonly asOf: string;
  readonly contributions: readonly ExplainedContribution[];
  readonly position: string | null;
}

function boundsAlong(events: readonly DomainEvent[], risk: string, path: readonly string[]): BoundAlongPath[] {
  const guardrails = dataOf(events, 'GuardrailsApplied').filter((guard) => guard.risk === risk);
  return path.map((id, depth) => {
    const portfolio = path.slice(0, depth);
    const guard = guardrails.find((candidate) => candidate.path.join('/') === portfolio.join('/'));
    if (guard === undefined)
      throw new LedgerError('ChainBroken', `the run holds no guardrails for ${portfolio.join('/') || 'the portfolio'}`);
    const bound = guard.bounds.find((candidate) => candidate.id === id)!;
    return { portfolio, id, lower: bound.lower, upper: bound.upper, raw: guard.raw[id]!, bounded: guard.weights[id]! };
  });
}

/**
 * Why an asset has its weight: which sleeve gave how much, from which run, under which bounds. Errors: SymbolUnknown, NothingRecorded,
 * NothingPublished.
 */
export async function explainWeight(ports: Ports, query: AllocationQuery, named: string): Promise<ExplainedWeight> {
  const { meta, runId, risk, asOf, assets, position } = await currentAllocation(ports, query);
  // A run of before may hold a symbol in another spelling: as it was named first.
  const names = [physicalSymbol(named).symbol, physicalSymbol(canonicalSymbol(named)).symbol];
  const held = assets.map((candidate) => candidate.symbol);
  const symbol = names.find((name) => held.includes(name)) ?? names[1]!;
  const asset = assets.find((candidate) => candidate.symbol === symbol);
  if (asset === undefined)
    throw new LedgerError('SymbolUnknown', `${symbol} is not held by run ${runId}${suggestion(symbol, held)}`, { at: { path: symbol } });
  const events = await runEvents(ports, 'metaRun', runId);
  const contributions: ExplainedContribution[] = [];
  for (const contributor of asset.contributors) {
    const found = await foundBy(ports, contributor.runId, symbol);
    const bounds = boundsAlong(events, risk, contributor.path);
    const selected = await letIn(ports, contributor.runId, symbol);
    contributions.push({
      ...contributor,
      bounds,
      ...(selected === null ? {} : { letIn: selected }),
      ...(found.length === 0 ? {} : { foundBy: found }),
    });
  }
  return { symbol, weight: asset.weight, meta, runId, risk, asOf, contributions, position };
}
