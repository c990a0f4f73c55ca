/** A position as a store writes it: digits, or two numbers with a stroke between them. */
const positionPattern = /^\d+(?:\/\d+)?$/;

/** Whether a point of ledger time is a position rather than an instant. */
export function isPosition(knownAt: string): boolean {
  return positionPattern.test(knownAt);
}
