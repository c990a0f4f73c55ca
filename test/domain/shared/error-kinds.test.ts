import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as kinds from '../../../domain/shared/error-kinds.ts';
import { type ErrorCode, errorKinds, LedgerError } from '../../../domain/shared/errors.ts';

/** A decision by a list of codes, as it stood before the registry said whose fault an error is and what it ends. */
interface OldDecision {
  /** Where it is made today, file by file. */
  readonly where: string;
  /** The codes of which the list said yes. */
  readonly yes: readonly ErrorCode[];
  readonly now: (error: unknown) => boolean;
  /** Codes that the old list and the predicate answer differently, each because it cannot arrive there. */
  readonly cannotArrive?: { readonly codes: readonly ErrorCode[]; readonly because: string }[];
  /** Where a place can meet a few codes only: those, and how one knows. The others are not compared. */
  readonly onlyArrive?: { readonly codes: readonly ErrorCode[]; readonly because: string };
}

const codes = Object.keys(errorKinds) as ErrorCode[];
const filesIn = (text: string): string[] => text.match(/[\w-]+\/[\w/-]+\.ts/g) ?? [];
const withExit = (...exits: readonly number[]): ErrorCode[] => codes.filter((code) => exits.includes(errorKinds[code].exit));

const decisions: readonly OldDecision[] = [
  {
    where: 'the catch in handlers/reaction/decision.ts',
    yes: [
      'SleeveStale',
      'SleeveRunMissing',
      'SleeveRunIneligible',
      'SleeveQuarantined',
      'CurrencyMixed',
      'OverlapTooShort',
      'IntegrityFailed',
      'BoundsInfeasible',
      'ProfileNotAvailable',
      'ProfileInfeasible',
      'PortfolioMissing',
      'NotACovariance',
      'SolverFailed',
      'Bankruptcy',
      'MetricsOverflow',
      'EventContentConflict',
      // Came later: a portfolio whose sleeve holds coins of another venue is refused like one in mixed currencies.
      'VenueForeign',
      // Came later: weights of a size that no sleeve may have.
      'WeightsRefused',
    ],
    now: kinds.refusesReallocation,
    cannotArrive: [
      { codes: ['ParityRejected'], because: 'nobody throws it: the reaction itself writes it as the reason of a refusal' },
      { codes: ['SelectionInputMissing'], because: 'only the run of a sleeve selects; a portfolio reads recorded runs' },
    ],
  },
  {
    where: 'the catches in handlers/intake/intake.ts, handlers/intake/release.ts and handlers/intake/process-message.ts',
    yes: [
      'MessageInvalid',
      'SleeveUnknown',
      'CorrectionTaken',
      // Came later: a number that leaves a gap is refused like one that is taken.
      'CorrectionOutOfOrder',
      'ResultIneligible',
      'CalendarYearUnknown',
      'ExchangeUnknown',
      'ArtifactMissing',
      'ArtifactDamaged',
      'LimitExceeded',
      'NotPlainJson',
      'SchemaViolation',
      'EventContentConflict',
      'Internal',
      // Came later, as above.
      'WeightsRefused',
    ],
    now: kinds.isPoison,
    cannotArrive: [
      {
        codes: [
          'SleeveStale',
          'SleeveRunMissing',
          'SleeveQuarantined',
          'CurrencyMixed',
          'VenueForeign',
          'OverlapTooShort',
          'BoundsInfeasible',
          'ConservationBroken',
          'ParityRejected',
        ],
        because: 'only an allocation across sleeves refuses so; the intake takes in the result of one sleeve',
      },
      {
        codes: ['SelectionInputMissing'],
        because: 'only a run on prices selects; the intake takes in a result as it is',
      },
      {
        codes: ['SleeveRunIneligible'],
        because: 'the intake says ResultIneligible; this one is said of a run that an allocation or an export reads',
      },
      {
        codes: [
          'ProfileNotAvailable',
          'ProfileInfeasible',
          'PortfolioMissing',
          'NotACovariance',
          'SolverFailed',
          'Bankruptcy',
          'MetricsOverflow',
        ],
        because: 'they end one profile: the computation of the run makes them a fact, and the run goes on without the profile',
      },
      {
        codes: ['IntegrityFailed'],
        because: 'the rules of the message refuse returns that are not finite as MessageInvalid, and a recorded run has passed the audit',
      },
    ],
  },
  {
    where: 'the catch in domain/allocation/node.ts',
    yes: ['ProfileNotAvailable', 'SolverFailed', 'NotACovariance', 'PortfolioMissing', 'Bankruptcy', 'MetricsOverflow'],
    now: kinds.endsProfile,
    cannotArrive: [
      { codes: ['ProfileInfeasible'], because: 'market_neutral, which alone has none, is a profile of sleeves' },
      { codes: ['WeightsRefused'], because: 'what sleeves bring is admitted before anything is allocated' },
    ],
  },
  {
    where: 'solvedOrFailed in domain/allocation/sleeve/profile.ts',
    yes: ['SolverFailed', 'ProfileInfeasible', 'NotACovariance', 'Bankruptcy', 'MetricsOverflow', 'WeightsRefused'],
    now: kinds.endsProfile,
    cannotArrive: [
      {
        codes: ['ProfileNotAvailable', 'PortfolioMissing'],
        because: 'a sleeve consumes no other sleeve, so no profile or portfolio of one can be missing',
      },
    ],
  },
  {
    where: 'the catch in domain/allocation/meta-allocation.ts',
    yes: ['PortfolioMissing', 'MetricsOverflow'],
    now: kinds.endsProfile,
    cannotArrive: [
      {
        codes: ['ProfileNotAvailable', 'ProfileInfeasible', 'SolverFailed', 'NotACovariance'],
        because: 'allocateNode wraps them in a NodeFailure, and nothing is solved after it',
      },
      { codes: ['WeightsRefused'], because: 'what sleeves bring is admitted before anything is allocated' },
      {
        codes: ['Bankruptcy'],
        because:
          'after allocateNode only the portfolio stream is measured: non-negative weights that sum to 1, of returns above -100 % ' +
          'that the join admitted',
      },
    ],
  },
  {
    where: 'the catch in domain/allocation/imported/profile.ts',
    yes: ['Bankruptcy', 'MetricsOverflow', 'PortfolioMissing'],
    now: kinds.endsProfile,
    cannotArrive: [
      {
        codes: ['ProfileNotAvailable', 'ProfileInfeasible', 'SolverFailed', 'NotACovariance'],
        because: 'an imported profile is measured, never solved, and stands for itself',
      },
      { codes: ['WeightsRefused'], because: 'weights of an import are admitted before it is judged' },
    ],
  },
  {
    where: 'damageIn in handlers/runtime/damage.ts',
    yes: ['StoreBusy', 'StoreUnavailable', 'StoreFull', 'StoreReplaced', 'Interrupted'],
    now: kinds.isWorldFault,
    cannotArrive: [
      {
        codes: ['BrokerUnavailable', 'LeaseLost', 'RequestTooSlow', 'TooManyRequests', 'RequestUnderWay', 'ReadersTooMany'],
        because: 'verification speaks to no broker, holds no lease and serves no request',
      },
      { codes: ['WrongExpectedRevision', 'ClockAhead'], because: 'verification appends nothing' },
      { codes: ['ScanServerUnavailable'], because: 'verification asks no server of scans' },
      { codes: ['IdentityProviderUnavailable'], because: 'verification asks nobody who somebody is' },
      { codes: ['WorkerLost', 'JobRefused'], because: 'verification has no worker compute' },
      { codes: ['IntakeBusy'], because: 'verification takes no results in' },
    ],
  },
  {
    where: 'openedForReading in handlers/ledger/backup-candidate.ts',
    yes: ['LedgerMissing', 'NotALedger', 'StoreIo'],
    now: kinds.isNotALedger,
    onlyArrive: {
      codes: [
        'LedgerMissing',
        'NotALedger',
        'StoreTooNew',
        'StoreBusy',
        'StoreFull',
        'StoreIo',
        'FileMissing',
        'FileUnreadable',
        'StoreUnavailable',
        'AppendRefused',
        'Internal',
      ],
      because:
        'the place guards the opening of a file: the errors that openSqlite lists, and those into which infra/sqlite/failures.ts ' +
        'translates',
    },
  },
  {
    where: 'the catch in handlers/queries/replay-runs.ts',
    yes: codes.filter((code) => !withExit(74, 75, 130).includes(code)),
    now: kinds.concernsTheRun,
    cannotArrive: [{ codes: ['ClockAhead'], because: 'replay records nothing, so no clock is asked' }],
  },
  {
    where: 'passing in handlers/roles/watching/directory-watcher.ts, where FileMissing stays by name',
    yes: ['FileUnreadable', 'StoreIo', 'StoreFull', 'StoreReplaced'],
    now: kinds.isDiskFault,
  },
  { where: 'the catch around a sweep in handlers/roles/watching/directory-watcher.ts', yes: withExit(75), now: kinds.isRetryable },
  {
    where: 'reasonOf in handlers/comparison/diff-factors.ts',
    yes: codes.filter((code) => code !== 'Internal'),
    now: kinds.preventsAllocation,
    cannotArrive: [
      {
        codes: ['AppendRefused', 'UnknownEventType'],
        because: 'a mixture is evaluated in memory: nothing is read from the store or appended to it',
      },
    ],
  },
  { where: 'the catch in handlers/reaction/relay.ts', yes: ['LeaseLost', 'BrokerUnavailable'], now: kinds.interruptsSending },
  {
    where: 'the catches in handlers/runtime/record-once.ts and handlers/ledger/open-ledger.ts',
    yes: ['EventContentConflict', 'WrongExpectedRevision'],
    now: kinds.wasRecordedConcurrently,
  },
  {
    where:
      'the catches in handlers/runtime/record.ts, handlers/runtime/lease.ts, handlers/read-models/projector.ts ' +
      'and infra/eventstoredb/checkpoints.ts',
    yes: ['WrongExpectedRevision'],
    now: kinds.isConflict,
  },
];

/** Written down as the reason of a failure, and thrown by nobody: no place can catch it. */
const neverThrown = new Set(['SelectionAborted']);

describe('what an error means for the work in hand', () => {
  test.each(decisions)('is decided as by $where', ({ yes, now, cannotArrive = [], onlyArrive }) => {
    const excused = new Set(cannotArrive.flatMap((group) => group.codes));
    const compared = (onlyArrive?.codes ?? codes).filter((code) => !excused.has(code) && !neverThrown.has(code));
    const answers = compared.map((code) => ({ code, answer: now(new LedgerError(code, 'refused')) }));
    expect(answers).toEqual(compared.map((code) => ({ code, answer: yes.includes(code) })));
    if (onlyArrive !== undefined) expect(onlyArrive.codes).toEqual(expect.arrayContaining([...yes]));
  });

  test.each(decisions)('is asked for in files that are there: $where', ({ where, now, cannotArrive = [], onlyArrive }) => {
    const named = filesIn(where);
    expect(named).not.toEqual([]);
    expect(named.filter((file) => !existsSync(file) || !readFileSync(file, 'utf8').includes(`${now.name}(`))).toEqual([]);
    const reasons = [...cannotArrive, ...(onlyArrive === undefined ? [] : [onlyArrive])].map(({ because }) => because);
    expect(reasons.flatMap(filesIn).filter((file) => !existsSync(file))).toEqual([]);
  });

  test.each(decisions)('needs every exception that it makes for $where', ({ yes, now, cannotArrive = [] }) => {
    for (const code of cannotArrive.flatMap((group) => group.codes))
      expect({ code, answer: now(new LedgerError(code, 'refused')) }).not.toEqual({ code, answer: yes.includes(code) });
  });

  test.each(decisions)('is never decided by what is not an error of this system, as by $where', ({ now }) => {
    for (const stranger of [new Error('Internal'), { code: 'SolverFailed' }, 'SleeveStale', undefined, null])
      expect(now(stranger)).toBe(false);
  });
});

describe('the registry', () => {
  test('calls a fault ours exactly where the exit status does', () => {
    expect(codes.filter((code) => errorKinds[code].fault === 'ours')).toEqual(withExit(70));
  });

  test('lays what is worth another try, or was interrupted, on the world', () => {
    expect(withExit(75, 130).filter((code) => errorKinds[code].fault !== 'world')).toEqual([]);
  });

  test('ends the whole command where the caller is at fault: nothing smaller can mend a wrong name', () => {
    expect(codes.filter((code) => errorKinds[code].fault === 'caller' && errorKinds[code].ends !== 'command')).toEqual([]);
  });
});
