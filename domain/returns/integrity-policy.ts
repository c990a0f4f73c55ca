import type { FindingKinds } from './verdict.ts';

/** The thresholds of rules 1; they stand in each verdict. */
export const integrityPolicyV1 = {
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

/** The thresholds in force, from rules 2 on: unusual moves and units are looked at, and only what a run uses is judged. */
export const integrityPolicy = {
  ...integrityPolicyV1,
  version: 2,
  /** So many other returns must stand around a move, or nobody can say what is ordinary. */
  moveRowsMin: 20,
  moveReach: 250,
  moveReachNear: 10,
  moveNearDeviationsMin: 6,
  splitTolerance: 0.02,
  splitDeviationsMin: 12,
  spikeDeviationsMin: 8,
  spikeReturnMin: 0.15,
  spikeRemainderMax: 0.25,
  extremeDeviationsMin: 12,
  extremeReturnMin: 0.25,
  unitsRowsMin: 20,
  unitsVolatilityMax: 3,
  unitsMedianMax: 0.03,
  unitsMedianMaxOfCloses: 0.08,
  unitsZeroShareMin: 0.05,
  unitsWorthMin: 0.01,
} as const;

export type IntegrityPolicy = typeof integrityPolicyV1 | typeof integrityPolicy;

/** Each code of rules 1 with its check, in the order in which the checks are reported. */
export const integrityKindsV1 = {
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

/** The codes in force. */
export const integrityKinds = {
  ...integrityKindsV1,
  split_suspected: { check: 'unusual_moves', level: 'warning' },
  spike_suspected: { check: 'unusual_moves', level: 'warning' },
  extreme_move: { check: 'unusual_moves', level: 'warning' },
  units_suspected: { check: 'units', level: 'warning' },
  accepted_move_absent: { check: 'accepted_moves', level: 'warning' },
} as const satisfies FindingKinds;
