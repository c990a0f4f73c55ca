import type { FindingKinds } from './verdict.ts';

/** The thresholds that a verdict on prices was given under; they stand in the verdict itself. */
export const integrityPolicy = {
  name: 'price-integrity',
  version: 1,
  /** A larger share of exact zero returns on weekdays looks forward-filled. */
  zeroShareMax: 0.05,
  /** So many consecutive exact zero returns look forward-filled. */
  zeroRunMin: 3,
  /** More consecutive missing sessions are a gap. */
  missingRunMax: 1,
  /** A larger share of missing sessions between a symbol's first and last price is an error. */
  missingShareMax: 0.1,
  absoluteReturnMax: 5,
  /** Calendar days between the last price and the as-of date, for markets that never close. */
  staleDaysMaxRoundTheClock: 1,
  /** The same for all other markets. */
  staleDaysMaxSessions: 5,
  findingsPerSymbolMax: 3,
  findingsPerCodeMax: 25,
} as const;

/** Each code with its check, in the order in which the checks are reported. */
export const integrityKinds = {
  exchange_unknown: { check: 'exchanges', level: 'error' },
  duplicate_date: { check: 'row_order', level: 'error' },
  unsorted_date: { check: 'row_order', level: 'error' },
  invalid_date: { check: 'row_order', level: 'error' },
  off_calendar_row: { check: 'calendar', level: 'error' },
  padding_suspected: { check: 'calendar', level: 'warning' },
  non_finite_price: { check: 'prices', level: 'error' },
  non_positive_price: { check: 'prices', level: 'error' },
  extreme_return: { check: 'returns', level: 'error' },
  ruinous_return: { check: 'returns', level: 'error' },
  flat_fill_suspected: { check: 'flat_fill', level: 'warning' },
  missing_sessions: { check: 'missing_sessions', level: 'warning' },
  missing_sessions_share: { check: 'missing_sessions', level: 'error' },
  stale: { check: 'freshness', level: 'error' },
} as const satisfies FindingKinds;
