import type { ErrorKind } from './error-kind.ts';

/** Errors of usage, settings, manifests, prices and optimisation. */
export const inputErrors = {
  // usage and configuration
  Usage: { fault: 'caller', ends: 'command', exit: 2, http: 400, advice: 'Run the command with --help to see its flags.' },
  ConfigInvalid: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 400,
    advice: 'Correct the named setting; `config show` prints the settings in force and where each came from.',
  },
  LimitExceeded: {
    fault: 'inputs',
    ends: 'message',
    exit: 2,
    http: 413,
    advice: 'Split the input, or ask for less at once; the limits are listed in docs/errors.md.',
  },
  NotPlainJson: {
    fault: 'inputs',
    ends: 'message',
    exit: 2,
    http: 400,
    advice: 'Only null, booleans, finite numbers, well-formed strings, arrays and plain objects can be recorded.',
  },
  SchemaViolation: { fault: 'inputs', ends: 'message', exit: 2, http: 422, advice: 'Correct the named field.' },

  // manifest
  ManifestInvalid: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Correct the manifest at the path given; `manifest validate` checks it again.',
  },
  AliasCycle: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Point one of the aliases in the cycle at a profile object.',
  },
  ProfileUnknown: {
    fault: 'caller',
    ends: 'command',
    exit: 66,
    http: 404,
    advice: 'Use a profile named in the manifest; `manifest validate` lists them.',
  },
  PortfolioNestInvalid: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Remove the cycle, or flatten the nest to at most four levels.',
  },
  EngineUnavailable: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Write engine "custom", or leave it out: one engine computes every profile.',
  },
  SelectionModeUnavailable: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Write selection_mode "none" in the selection block of the profile.',
  },

  // prices and calendars
  PriceFileUnreadable: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Give a CSV or parquet file: first column a date, then one column per EXCHANGE:SYMBOL, empty where there was no session.',
  },
  ExchangeUnknown: {
    fault: 'inputs',
    ends: 'message',
    exit: 2,
    http: 422,
    advice: 'Use a known exchange prefix; docs/reference/calendars.md lists them.',
  },
  CalendarYearUnknown: {
    fault: 'inputs',
    ends: 'message',
    exit: 2,
    http: 422,
    advice: 'Take rows of those years only, with --from or --as-of; docs/reference/calendars.md says which years each calendar has.',
  },
  IntegrityFailed: {
    fault: 'inputs',
    ends: 'run',
    exit: 1,
    http: 422,
    advice: 'Correct the prices named in the findings, or use --repair drop-off-calendar where rows stand on non-sessions.',
  },
  PricesMissing: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Give a --prices file with a column for the symbol, or take the symbol out of the profile.',
  },
  SymbolTwice: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Give each symbol in one price file only; the message names both.',
  },
  Bankruptcy: {
    fault: 'inputs',
    ends: 'profile',
    exit: 1,
    http: 422,
    advice: 'A return of -100 % or worse ends a series; look at the prices around the date named.',
  },
  UniverseTooSmall: {
    fault: 'inputs',
    ends: 'command',
    exit: 1,
    http: 422,
    advice: 'A sleeve needs at least two symbols with sufficient coverage in the range.',
  },
  HistoryTooShort: {
    fault: 'inputs',
    ends: 'command',
    exit: 1,
    http: 422,
    advice: 'Give more price rows, or reduce train_window and test_window.',
  },

  // optimisation
  NotACovariance: { fault: 'inputs', ends: 'profile', exit: 2, http: 422, advice: 'Give a symmetric positive semi-definite matrix.' },
  SolverFailed: {
    fault: 'inputs',
    ends: 'profile',
    exit: 1,
    http: 422,
    advice: 'The certificate in the error says which condition was not met; look at the input for duplicate or constant columns.',
  },
  ProfileNotAvailable: {
    fault: 'inputs',
    ends: 'profile',
    exit: 1,
    http: 422,
    advice: 'Run the sleeve with this risk profile, or ask for a proxy by name with --allow-proxy.',
  },
  BoundsInfeasible: {
    fault: 'inputs',
    ends: 'run',
    exit: 2,
    http: 422,
    advice: 'Relax the bounds named; the sum of the lower bounds must not exceed 1 and that of the upper must reach it.',
  },
  ConservationBroken: {
    fault: 'ours',
    ends: 'run',
    exit: 70,
    http: 500,
    advice: 'Report this: the flattened weights do not add up to what went in.',
  },
} as const satisfies Record<string, ErrorKind>;
