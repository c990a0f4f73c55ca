import { LedgerError } from '../shared/errors.ts';
import type { Infeasibility } from './schemas.ts';

/** A value as people read it; the evidence has every digit. */
export const shownCap = (value: number): string => String(Number(value.toPrecision(12)));

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;

/** Why a combination was refused, in words. */
export function refusalSentence({
  conflicts,
  repairs,
  because,
}: Infeasibility & { readonly because: 'infeasible' | 'unresolved' }): string {
  if (because === 'unresolved')
    return 'the sequential loop found no weights that keep all caps, and there are some: --projection exact finds them';
  const clashing = conflicts.map((caps) => (caps.length === 1 ? `${caps[0]!} cannot be kept` : `${listed(caps)} cannot be kept together`));
  const enough = repairs.flatMap(({ cap, smallest }) =>
    smallest === null ? [] : [`${cap === 'bounds' ? 'bounds wider by' : cap} ${shownCap(smallest)}`],
  );
  const repair = enough.length === 0 ? 'no single cap repairs it' : `enough would be ${enough.join(', or ')}`;
  return `no weights keep all caps: ${clashing.join('; ')}; ${repair}`;
}

/** A refusal as an error, for those who asked for weights. */
export function refusalError(refused: Infeasibility & { readonly because: 'infeasible' | 'unresolved' }): LedgerError {
  const { because, conflicts, repairs } = refused;
  return new LedgerError('CombinationInfeasible', refusalSentence(refused), { evidence: { because, conflicts, repairs } });
}
