import type { DomainEvent } from '../../../domain/catalogue.ts';
import { physicalSymbol } from '../../../domain/meta/flatten.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { runEvents } from '../../load-sleeve-run.ts';
import { currentAllocation } from '../../queries/allocations.ts';
import { allocationQuery } from '../portfolio-question.ts';
import { asOfFlag, heading, knownAtFlag, lines, metaFlag, percent, riskFlag, table, type Verb } from '../verb.ts';

interface BoundAlongPath {
  readonly portfolio: readonly string[];
  readonly id: string;
  readonly lower: number;
  readonly upper: number;
  readonly raw: number;
  readonly bounded: number;
}

/** The guardrails met on the way down to a sleeve. */
function boundsAlong(events: readonly DomainEvent[], risk: string, path: readonly string[]): BoundAlongPath[] {
  return path.map((id, depth) => {
    const portfolio = path.slice(0, depth);
    const guard = events.find((event) => event.type === 'GuardrailsApplied' && event.data.risk === risk && event.data.path.join('/') === portfolio.join('/'));
    if (guard?.type !== 'GuardrailsApplied') throw new LedgerError('ChainBroken', `the run holds no guardrails for ${portfolio.join('/') || 'the portfolio'}`);
    const bound = guard.data.bounds.find((candidate) => candidate.id === id)!;
    return { portfolio, id, lower: bound.lower, upper: bound.upper, raw: guard.data.raw[id]!, bounded: guard.data.weights[id]! };
  });
}

export const explain: Verb = {
  path: ['explain'],
  summary: 'Why an asset has its weight: which sleeve gave how much, from which run, under which bounds.',
  args: [{ name: '<symbol>', summary: 'EXCHANGE:SYMBOL' }],
  flags: [metaFlag, riskFlag, asOfFlag, knownAtFlag],
  writes: false,
  run: async (context, { args, flags }) => {
    const query = await allocationQuery(context, flags);
    const { ports } = await context.reading();
    const allocation = await currentAllocation(ports, query);
    const symbol = physicalSymbol(args[0]!).symbol;
    const asset = allocation.assets.find((candidate) => candidate.symbol === symbol);
    if (asset === undefined) throw new LedgerError('SymbolUnknown', `${symbol} is not held by run ${allocation.runId}`, { at: { path: symbol } });
    const events = await runEvents(ports, 'metaRun', allocation.runId);
    const contributions = asset.contributors.map(({ path, sleeve, runId, atom, sleeveWeight, assetWeight, amount }) => ({
      path,
      sleeve,
      runId,
      atom,
      sleeveWeight,
      assetWeight,
      amount,
      bounds: boundsAlong(events, allocation.risk, path),
    }));
    return {
      result: { symbol, weight: asset.weight, runId: allocation.runId, risk: allocation.risk, asOf: allocation.asOf, contributions },
      position: allocation.position,
      people: [
        heading(`${symbol}: ${percent(asset.weight)} of ${allocation.meta} (${allocation.risk}, as of ${allocation.asOf})`),
        table(
          ['sleeve', 'sleeve weight', 'x asset weight', '= amount', 'sleeve run'],
          contributions.map((item) => [item.path.join('/'), percent(item.sleeveWeight), percent(item.assetWeight), percent(item.amount), item.runId]),
        ),
        ...contributions.map((item) => lines(...item.bounds.map((bound) => `  ${bound.id}: optimised ${percent(bound.raw)}, bounds ${percent(bound.lower)} to ${percent(bound.upper)}, allocated ${percent(bound.bounded)}`))),
      ],
    };
  },
};
