import { atomicSleeves } from '../manifest/resolve-meta.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { isRoundTheClock } from '../returns/calendar.ts';
import { type DeliveredRun, pathKey } from '../run/delivered-run.ts';
import { leavesToCompare } from './leaves.ts';
import { checkParity } from './parity.ts';
import { parityPolicy } from './policy.ts';
import type { ParityOutcome, ParityVerdict } from './schema.ts';
import { applyWaivers, type ParityWaiver } from './waiver.ts';

/** How far the sleeves of a portfolio agree, and whether that suffices. */
export interface ParityDecision {
  readonly verdict: ParityVerdict;
  readonly outcome: ParityOutcome;
}

export interface ComparedPortfolio {
  readonly node: MetaNode;
  /** By path from the root. */
  readonly leaves: ReadonlyMap<string, DeliveredRun>;
  readonly waivers: readonly ParityWaiver[];
  readonly asOf: string;
  /** Version of the rules to compare under. */
  readonly rules: number;
}

/** Compares the runs of every atomic sleeve of a portfolio, and lays its waivers over the verdict. */
export function parityOf({ node, leaves, waivers, asOf, rules }: ComparedPortfolio): ParityDecision {
  const runs = atomicSleeves(node).map(({ path }) => ({ path, run: leaves.get(pathKey(path))! }));
  const compared = leavesToCompare(runs.map(({ run }) => run));
  const sleeves = runs.map(({ path, run }, index) => {
    const crypto = run.calendars.length > 0 && run.calendars.every(isRoundTheClock);
    return {
      id: pathKey(path),
      calendarClass: crypto ? ('crypto' as const) : ('tradfi' as const),
      leaves: compared[index]!,
      ...(run.selectionMode === null ? {} : { selectionMode: run.selectionMode }),
    };
  });
  const policy = parityPolicy({ mandate: node.parity.mandate, exceptions: node.parity.exceptions }, rules);
  const verdict = checkParity({ sleeves, policy });
  return { verdict, outcome: applyWaivers(verdict, waivers, asOf) };
}
