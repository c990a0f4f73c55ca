/**
 * Whose fault an error is. `inputs`: what was given to compute on, such as prices, manifests, messages, sleeve runs and stored bytes; the
 * same inputs fail again. `caller`: the person at the command used a wrong name or flag, or lacks a permission. `world`: the disk is full,
 * the network or a broker is away, another process was first, somebody interrupted; it may pass. `ours`: a fault of this program.
 */
export type ErrorFault = 'inputs' | 'caller' | 'world' | 'ours';

/**
 * The smallest unit of work that an error ends when it is met inside that unit: a risk profile, a run, a message taken in or sent, or the
 * whole command. Whoever works through smaller units records the failure and goes on; each unit may stand inside the ones after it.
 */
export const unitsOfWork = ['profile', 'run', 'message', 'command'] as const;
export type UnitOfWork = (typeof unitsOfWork)[number];

/**
 * The one registry of errors. `docs/errors.md` is generated from it; `error-kinds.ts` answers what to do about an error.
 *
 * Exit statuses: 1 a check failed, was rejected or differs; 2 bad input, usage or infeasible; 66 not found;
 * 70 a fault of ours; 74 input/output; 75 busy or unavailable, try again; 130 interrupted.
 */
interface ErrorKind {
  readonly fault: ErrorFault;
  readonly ends: UnitOfWork;
  readonly exit: 1 | 2 | 66 | 70 | 74 | 75 | 130;
  readonly http: number;
  readonly advice: string;
}

export const errorKinds = {
  // usage and configuration
  Usage: { fault: 'caller', ends: 'command', exit: 2, http: 400, advice: 'Run the command with --help to see its flags.' },
  ConfigInvalid: { fault: 'caller', ends: 'command', exit: 2, http: 400,
    advice: 'Correct the named setting; `config show` prints the settings in force and where each came from.' },
  LimitExceeded: { fault: 'inputs', ends: 'message', exit: 2, http: 413,
    advice: 'Split the input, or ask for less at once; the limits are listed in docs/errors.md.' },
  NotPlainJson: { fault: 'inputs', ends: 'message', exit: 2, http: 400,
    advice: 'Only null, booleans, finite numbers, well-formed strings, arrays and plain objects can be recorded.' },
  SchemaViolation: { fault: 'inputs', ends: 'message', exit: 2, http: 422, advice: 'Correct the named field.' },

  // manifest
  ManifestInvalid: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Correct the manifest at the path given; `manifest validate` checks it again.' },
  AliasCycle: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Point one of the aliases in the cycle at a profile object.' },
  ProfileUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Use a profile named in the manifest; `manifest validate` lists them.' },
  PortfolioNestInvalid: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Remove the cycle, or flatten the nest to at most four levels.' },
  EngineUnavailable: { fault: 'caller', ends: 'command', exit: 2, http: 422,
    advice: 'Write engine "custom", or leave it out: one engine computes every profile.' },
  SelectionModeUnavailable: { fault: 'caller', ends: 'command', exit: 2, http: 422,
    advice: 'Write selection_mode "none" in the selection block of the profile.' },

  // prices and calendars
  PriceFileUnreadable: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give a CSV or parquet file: first column a date, then one column per EXCHANGE:SYMBOL, empty where there was no session.' },
  ExchangeUnknown: { fault: 'inputs', ends: 'message', exit: 2, http: 422,
    advice: 'Use a known exchange prefix; docs/reference/calendars.md lists them.' },
  IntegrityFailed: { fault: 'inputs', ends: 'run', exit: 1, http: 422,
    advice: 'Correct the prices named in the findings, or use --repair drop-off-calendar where rows stand on non-sessions.' },
  PricesMissing: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give a --prices file with a column for the symbol, or take the symbol out of the profile.' },
  SymbolTwice: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give each symbol in one price file only; the message names both.' },
  Bankruptcy: { fault: 'inputs', ends: 'profile', exit: 1, http: 422,
    advice: 'A return of -100 % or worse ends a series; look at the prices around the date named.' },
  UniverseTooSmall: { fault: 'inputs', ends: 'command', exit: 1, http: 422,
    advice: 'A sleeve needs at least two symbols with sufficient coverage in the range.' },
  HistoryTooShort: { fault: 'inputs', ends: 'command', exit: 1, http: 422,
    advice: 'Give more price rows, or reduce train_window and test_window.' },

  // optimisation
  NotACovariance: { fault: 'inputs', ends: 'profile', exit: 2, http: 422, advice: 'Give a symmetric positive semi-definite matrix.' },
  SolverFailed: { fault: 'inputs', ends: 'profile', exit: 1, http: 422,
    advice: 'The certificate in the error says which condition was not met; look at the input for duplicate or constant columns.' },
  ProfileNotAvailable: { fault: 'inputs', ends: 'profile', exit: 1, http: 422,
    advice: 'Run the sleeve with this risk profile, or ask for a proxy by name with --allow-proxy.' },
  BoundsInfeasible: { fault: 'inputs', ends: 'run', exit: 2, http: 422,
    advice: 'Relax the bounds named; the sum of the lower bounds must not exceed 1 and that of the upper must reach it.' },
  ConservationBroken: { fault: 'ours', ends: 'run', exit: 70, http: 500,
    advice: 'Report this: the flattened weights do not add up to what went in.' },

  // sleeves and meta runs
  SleeveRunMissing: { fault: 'inputs', ends: 'run', exit: 66, http: 404,
    advice: 'Run or import the sleeve first, or correct the pinned run_id.' },
  SleeveRunIneligible: { fault: 'inputs', ends: 'run', exit: 1, http: 422,
    advice: 'The reasons are listed in the result; `timeline RUN` shows the evidence.' },
  SleeveQuarantined: { fault: 'inputs', ends: 'run', exit: 1, http: 409,
    advice: 'Reinstate the sleeve with `sleeve reinstate --why`, or leave it out of the meta portfolio.' },
  SleeveStale: { fault: 'inputs', ends: 'run', exit: 1, http: 409,
    advice: 'Run the sleeve up to the common date, or raise meta_allocation.max_staleness_sessions.' },
  ParityRejected: { fault: 'inputs', ends: 'run', exit: 1, http: 409,
    advice: 'Align the listed parameters, document an exception, or record a waiver with `parity waive --why`.' },
  CurrencyMixed: { fault: 'inputs', ends: 'run', exit: 2, http: 422,
    advice: 'Declare the sleeve hedged or converted, or use sleeves in one currency.' },
  OverlapTooShort: { fault: 'inputs', ends: 'run', exit: 1, http: 422,
    advice: 'The sleeves need at least 60 common dates; run them over a longer common range.' },
  PortfolioMissing: { fault: 'inputs', ends: 'profile', exit: 1, http: 422,
    advice: 'The sleeve run has no weights for this risk profile; run it again with the profile.' },
  WaiverUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: '`parity waive` prints the id of a waiver; `parity check` shows the waivers in use.' },
  RunUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404, advice: '`runs` lists the run ids.' },
  SymbolUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404, advice: '`weights` lists the symbols held.' },
  NothingRecorded: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Record a run first: `flow production`, then `flow meta`.' },

  // results that arrive, and what is published
  MessageInvalid: { fault: 'inputs', ends: 'message', exit: 2, http: 422,
    advice: 'Correct the message at the path given; docs/reference/messages.md describes it.' },
  SleeveUnknown: { fault: 'inputs', ends: 'message', exit: 66, http: 404,
    advice: 'Make the sleeve known with `manifest apply`, then `dlq retry`.' },
  CorrectionTaken: { fault: 'inputs', ends: 'message', exit: 1, http: 409,
    advice: 'Another result of this sleeve, date and correction number is recorded; send a changed one with the next correction number.' },
  ResultIneligible: { fault: 'inputs', ends: 'message', exit: 1, http: 422,
    advice: 'The checks that failed are listed; correct the result and send it with the next correction number.' },
  LetterUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404, advice: '`dlq list` shows the dead letters with their ids.' },
  LetterNotKept: { fault: 'caller', ends: 'command', exit: 1, http: 410,
    advice: 'The message was too large to keep: have it sent again, or discard it.' },
  PortfolioUndefined: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Define the portfolio with `manifest apply` first.' },
  NothingHeld: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: '`status` shows which rebalance waits for approval; a newer one may have taken its place.' },
  ApproverIsProposer: { fault: 'caller', ends: 'command', exit: 1, http: 409,
    advice: 'Somebody else than the proposer has to approve: run the command with another --actor.' },
  PublicationHalted: { fault: 'caller', ends: 'command', exit: 1, http: 409, advice: 'Resume publication with `resume --why` first.' },
  NothingPublished: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Nothing is published yet; `status` says what the portfolio waits for.' },
  HoldingsInvalid: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give a CSV file with the columns symbol and notional, or symbol, quantity and price.' },
  BrokerUnavailable: { fault: 'world', ends: 'message', exit: 75, http: 503,
    advice: 'Check that the Kafka brokers can be reached, then try again.' },
  BrokerRefused: { fault: 'caller', ends: 'command', exit: 2, http: 502,
    advice: 'The broker refused: check user, password, certificates and permissions.' },
  TopicMissing: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Create the topics with `work --create-topics`, or name existing ones.' },
  LeaseLost: { fault: 'world', ends: 'message', exit: 75, http: 409,
    advice: 'Another process has taken over; this one stops, or waits for its turn.' },

  // HTTP
  RouteUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404, advice: 'Ask for /healthz, /readyz or /metrics.' },
  MethodNotAllowed: { fault: 'caller', ends: 'command', exit: 2, http: 405, advice: 'Use GET or HEAD: nothing can be changed here.' },
  RequestInvalid: { fault: 'caller', ends: 'command', exit: 2, http: 400, advice: 'Send a plain HTTP/1.1 request without a body.' },
  RequestTooSlow: { fault: 'world', ends: 'command', exit: 75, http: 408, advice: 'Send the whole request at once.' },
  HeadersTooLarge: { fault: 'caller', ends: 'command', exit: 2, http: 431, advice: 'Send fewer or shorter headers.' },

  // importing
  RunDirectoryInvalid: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give the directory of one finished run; docs/how-to/import-a-run.md shows what it must hold.' },
  ReturnsFileUnreadable: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Give one column of finite daily returns on ascending dates, as parquet, CSV or a pandas pickle.' },
  ReturnsNameAmbiguous: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Say which part of the file name is which with --map engine=NAME,simulator=NAME.' },
  PickleRefused: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'Only a pandas Series or one-column DataFrame of numbers on dates is read; save the series as parquet or CSV instead.' },
  PathOutsideRoot: { fault: 'inputs', ends: 'command', exit: 2, http: 422, advice: 'Paths must stay inside the directory given.' },

  // ledger and store
  LedgerMissing: { fault: 'inputs', ends: 'command', exit: 66, http: 404,
    advice: 'Create it with `ledger init`, or point --store at an existing ledger.' },
  LedgerExists: { fault: 'caller', ends: 'command', exit: 2, http: 409, advice: 'Use the existing ledger, or choose another --store.' },
  WrongExpectedRevision: { fault: 'world', ends: 'command', exit: 75, http: 409,
    advice: 'Somebody else appended first; read the stream again and decide again.' },
  EventContentConflict: { fault: 'inputs', ends: 'run', exit: 1, http: 409,
    advice: 'The same event id is already recorded with other content; `timeline` shows it.' },
  StreamTruncated: { fault: 'inputs', ends: 'command', exit: 1, http: 410,
    advice: 'A stream of a ledger is never truncated; restore the store from a backup and run `ledger verify`.' },
  StreamDeleted: { fault: 'inputs', ends: 'command', exit: 1, http: 410,
    advice: 'A stream of a ledger is never deleted; restore the store from a backup and run `ledger verify`.' },
  AppendRefused: { fault: 'ours', ends: 'command', exit: 70, http: 400,
    advice: 'Report this: an append was malformed before it was sent.' },
  UnknownEventType: { fault: 'ours', ends: 'command', exit: 70, http: 500,
    advice: 'This build is older than the ledger; use the build that wrote the event, or a newer one.' },
  StoreBusy: { fault: 'world', ends: 'command', exit: 75, http: 503, advice: 'Another process holds the store; try again.' },
  StoreUnavailable: { fault: 'world', ends: 'command', exit: 75, http: 503,
    advice: 'Check that the store can be reached, then try again.' },
  StoreFull: { fault: 'world', ends: 'command', exit: 74, http: 507,
    advice: 'Free disk space, then run the command again: nothing was half-written.' },
  StoreIo: { fault: 'inputs', ends: 'command', exit: 74, http: 500, advice: 'Check the disk; then run `ledger verify`.' },
  StoreTooNew: { fault: 'caller', ends: 'command', exit: 2, http: 409,
    advice: 'This build is older than the store; use the build that wrote it, or a newer one.' },
  NotALedger: { fault: 'inputs', ends: 'command', exit: 2, http: 422,
    advice: 'The file is no sleeve-ledger database; point --store at one or choose a new path.' },
  ArtifactMissing: { fault: 'inputs', ends: 'message', exit: 1, http: 500,
    advice: 'An event refers to data that the store does not hold; restore it from a backup.' },
  ArtifactDamaged: { fault: 'inputs', ends: 'message', exit: 1, http: 500,
    advice: 'Stored data no longer match their hash; restore them from a backup.' },
  ChainBroken: { fault: 'inputs', ends: 'command', exit: 1, http: 500,
    advice: 'The stored events were changed after they were written; compare with a backup and the witnessed checkpoints.' },
  KeyMissing: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Restore the signing key, or rotate it with `ledger key rotate` from a backup of the old key.' },
  CheckpointInvalid: { fault: 'inputs', ends: 'command', exit: 1, http: 422,
    advice: 'The checkpoint does not verify: check the file and the verifier key.' },
  CheckpointInconsistent: { fault: 'inputs', ends: 'command', exit: 1, http: 409,
    advice: 'The ledger does not extend what was witnessed before; keep both checkpoints as evidence.' },
  EventUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: '`timeline RUN` lists the events of a run with their ids.' },
  ArtifactUnknown: { fault: 'caller', ends: 'command', exit: 66, http: 404,
    advice: 'Events name their artifacts by SHA-256; `ledger events` shows them.' },
  NotSealed: { fault: 'caller', ends: 'command', exit: 1, http: 409, advice: 'Run `ledger seal`, then ask again.' },
  AuditFileInvalid: { fault: 'inputs', ends: 'command', exit: 1, http: 422,
    advice: 'The file is not the export that was written; export it again and compare.' },

  RulesUnknown: { fault: 'caller', ends: 'command', exit: 1, http: 422,
    advice: 'Use a build that keeps these rules; docs/decisions/0020-rules-are-kept.md says how long they are kept.' },

  CopyTargetNotEmpty: { fault: 'caller', ends: 'command', exit: 2, http: 409,
    advice: 'Copy into an empty store, or into one that holds a beginning of the same ledger.' },
  BackupInvalid: { fault: 'inputs', ends: 'command', exit: 1, http: 422,
    advice: 'The backup does not verify: keep it as evidence and restore another one.' },

  // the machine
  FileMissing: { fault: 'caller', ends: 'command', exit: 66, http: 404, advice: 'Check the path.' },
  OutputNotAFile: { fault: 'caller', ends: 'command', exit: 2, http: 400,
    advice: 'Name a file to write; --json prints to standard output where that is wanted.' },
  FileUnreadable: { fault: 'caller', ends: 'command', exit: 74, http: 500, advice: 'Check the permissions and the disk.' },
  Interrupted: { fault: 'world', ends: 'command', exit: 130, http: 503,
    advice: 'Run the command again: what was recorded is whole, the rest is done anew.' },
  Internal: { fault: 'ours', ends: 'message', exit: 70, http: 500, advice: 'Report this with the output of --debug.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** Where the offending input stands. */
export interface ErrorLocation {
  readonly file?: string;
  readonly line?: number;
  readonly path?: string;
}

/** Every refusal of this system: a registered code, a sentence, the evidence, and where the input stands. */
export class LedgerError extends Error {
  readonly code: ErrorCode;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly at: ErrorLocation;

  constructor(code: ErrorCode, message: string, detail: { evidence?: Record<string, unknown>; at?: ErrorLocation; cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = code;
    this.code = code;
    this.evidence = detail.evidence ?? {};
    this.at = detail.at ?? {};
  }

  get exitStatus(): number {
    return errorKinds[this.code].exit;
  }

  get advice(): string {
    return errorKinds[this.code].advice;
  }
}

/** An invariant of ours: its failure is a fault of this program, not of its input. */
export function invariant(condition: unknown, message: string, evidence: Record<string, unknown> = {}): asserts condition {
  if (!condition) throw new LedgerError('Internal', message, { evidence });
}

/** Closes a switch: a new case without a branch stops compiling. */
export function unreachable(value: never): never {
  throw new LedgerError('Internal', `unreachable: ${JSON.stringify(value)}`);
}
