import { byCodeUnits } from '../shared/order.ts';
import type { ParityCounts, ParityLeaf, ParityVerdict } from './schema.ts';

/** What became of some leaves. */
export function countsOf(leaves: readonly ParityLeaf[]): ParityCounts {
  const count = (test: (leaf: ParityLeaf) => boolean): number => leaves.filter(test).length;
  return {
    leaves: leaves.length,
    equal: count(({ status }) => status === 'equal'),
    excepted: count(({ status }) => status === 'excepted'),
    wrongException: count(({ wrongException }) => wrongException),
    violated: count(({ status, wrongException }) => status === 'violated' && !wrongException),
    absentInSome: count(({ status }) => status === 'absent_in_some'),
  };
}

/** Share of leaves that are equal or excepted; null without leaves. */
export function overlapOf(leaves: readonly ParityLeaf[]): number | null {
  const { leaves: all, equal, excepted } = countsOf(leaves);
  return all === 0 ? null : (equal + excepted) / all;
}

export function overlapBy(leaves: readonly ParityLeaf[], key: (leaf: ParityLeaf) => string): Record<string, number | null> {
  const names = [...new Set(leaves.map(key))].toSorted(byCodeUnits);
  return Object.fromEntries(names.map((name) => [name, overlapOf(leaves.filter((leaf) => key(leaf) === name))]));
}

/** Leaves that agree, of those compared. */
export interface Agreement {
  readonly agreeing: number;
  readonly leaves: number;
}

/** A share of fewer leaves than this is no figure. */
const leavesForPercentage = 8;

/** `52 of 54 leaves (96.2 %)`; of few leaves without the percentage. */
export function agreementText({ agreeing, leaves }: Agreement): string {
  if (leaves === 0) return 'nothing compared';
  const share = leaves < leavesForPercentage ? '' : ` (${(Math.floor((1000 * agreeing) / leaves) / 10).toFixed(1)} %)`;
  return `${agreeing} of ${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}${share}`;
}

/** Over all leaves that were compared. */
export function agreementOf({ equal, excepted, leaves }: ParityCounts): Agreement {
  return { agreeing: equal + excepted, leaves };
}

/** The same by block or by group, in code-unit order. */
export function agreementBy(verdict: Pick<ParityVerdict, 'leaves'>, key: 'block' | 'group'): [name: string, agreement: Agreement][] {
  const compared = verdict.leaves.filter(({ status }) => status !== 'absent_everywhere');
  const names = [...new Set(compared.map((leaf): string => leaf[key]))].toSorted(byCodeUnits);
  return names.map((name) => [name, agreementOf(countsOf(compared.filter((leaf) => leaf[key] === name)))]);
}
