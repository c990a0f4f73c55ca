import { LedgerError } from './errors.ts';

/** More digits than any store writes. */
const digitsMax = 26;

function sortableNumber(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, '');
  if (significant.length > digitsMax)
    throw new LedgerError('Usage', `${digits} is not a position of a store`, { evidence: { position: digits } });
  return `${String.fromCharCode(96 + significant.length)}${significant}`;
}

/**
 * A position as text that sorts as positions do: a letter before each number says how many digits it has. `7` becomes `a7`, `12/40`
 * becomes `b12/b40`. Errors: Usage for a number that no store writes.
 */
export function sortablePosition(position: string): string {
  return position.replaceAll(/\d+/g, sortableNumber);
}

/** The position that a sortable text was made of. */
export function positionOf(sortable: string): string {
  return sortable.replaceAll(/[a-z]/g, '');
}
