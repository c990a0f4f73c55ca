/** What the folds make of facts that come twice, late or out of their usual order; each row is compared whole. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { deadLetters } from '../../projections/dead-letters.ts';
import { idSetKeys, idsOf, type IdsRow, withId, withoutId } from '../../projections/id-set.ts';
import { type Row, runIdOf, sortable } from '../../projections/projection.ts';
import { isAsOf, numberedKey, runDirectory } from '../../projections/run-directory.ts';
import { fact, Kept, recordedAt } from '../support/kept-rows.ts';
import { sleeveFacts } from '../support/portfolio-events.ts';
import { refusalOf } from '../support/refusal.ts';

describe('a sleeve run in the directory', () => {
  const run = (type: string, data: object = {}): DomainEvent => fact('sleeveRun-r', type, data);
  const opened = run('SleeveRunOpened', { sleeve: 'etfs', asOf: '2025-07-17' });
  const begun = (): Kept => new Kept(runDirectory).add(opened);
  const row = {
    number: 0,
    runId: 'r',
    kind: 'sleeve',
    name: 'etfs',
    asOf: '2025-07-17',
    recordedAt,
    status: 'opened',
    grade: null,
    risks: [],
    failed: [],
    consumed: [],
    supersedes: null,
    why: null,
  };

  test.each([
    ['IntegrityFailed', {}, { status: 'integrity_failed', grade: 'INELIGIBLE' }],
    ['SleeveProfileSolved', { risk: 'hrp' }, { risks: ['hrp'] }],
    ['SleeveProfileFailed', { risk: 'hrp' }, { failed: ['hrp'] }],
    ['SleeveProfileAbsent', { risk: 'hrp' }, { failed: ['hrp'] }],
    ['SleeveRunCertified', {}, { status: 'accepted', grade: 'CERTIFIED' }],
    ['SleeveRunDegraded', {}, { status: 'accepted', grade: 'DEGRADED' }],
    ['SleeveRunFoundIneligible', {}, { status: 'ineligible', grade: 'INELIGIBLE' }],
    ['ParityRejected', {}, { status: 'parity_rejected' }],
    [
      'MetaRunCompleted',
      { allocated: ['hrp'], failed: ['min_variance'] },
      { status: 'allocated', risks: ['hrp'], failed: ['min_variance'] },
    ],
    ['MetaRunCompleted', { allocated: [], failed: ['hrp'] }, { status: 'not_allocated', risks: [], failed: ['hrp'] }],
    ['SleeveOverdue', {}, {}],
    [
      'BacktestFailed',
      {
        failed: [
          { risk: 'hrp', reason: 'few' },
          { risk: 'hrp', reason: 'few' },
          { risk: 'hrp', reason: 'none' },
        ],
      },
      { status: 'failed', failed: ['hrp'], why: 'hrp: few; hrp: none' },
    ],
    ['BacktestCompleted', { tested: [{ risk: 'hrp' }], failed: [] }, { status: 'tested', risks: ['hrp'], failed: [], why: null }],
    [
      'TournamentCompleted',
      {
        entrants: [
          { id: 'a', profile: 'hrp' },
          { id: 'b', profile: 'hrp' },
        ],
        failed: [
          { id: 'c', reason: 'few' },
          { id: 'd', reason: 'none' },
        ],
      },
      { status: 'ranked', risks: ['hrp'], failed: ['c', 'd'], why: 'c: few; d: none' },
    ],
    ['TournamentCompleted', { entrants: [], failed: [] }, { status: 'ranked', risks: [], failed: [], why: null }],
    ['TournamentFailed', { reason: 'none', failed: [{ id: 'c' }] }, { status: 'failed', failed: ['c'], why: 'none' }],
  ])('after %s %j changes by %j', (type, data, change) => {
    const kept = begun().add(run(type, data));
    expect(kept.written).toEqual([{ key: 'id/r', value: { ...row, ...change } }]);
  });

  test('is not there before it is opened, and is numbered behind the others', () => {
    expect(new Kept(runDirectory).add(run('SleeveRunCertified')).written).toEqual([]);
    const kept = begun().add(fact('sleeveRun-s', 'SleeveRunOpened', { sleeve: 'etfs', asOf: '2025-07-18' }));
    expect(kept.written).toEqual([
      { key: 'count', value: { runs: 2 } },
      { key: 'id/s', value: { ...row, number: 1, runId: 's', asOf: '2025-07-18' } },
      { key: 'newest/sleeve/etfs', value: { kind: 'sleeve', name: 'etfs', runId: 's' } },
      { key: 'number/000000000001', value: { runId: 's' } },
      { key: 'name/etfs/000000000001', value: { runId: 's' } },
      { key: 'kind/sleeve/000000000001', value: { runId: 's' } },
      { key: 'of/sleeve/etfs/000000000001', value: { runId: 's' } },
    ]);
    expect(numberedKey({ kind: 'meta', name: null }, 12)).toBe('kind/meta/000000000012');
  });

  test('of a meta portfolio says what it allocates over, and what it takes the place of', () => {
    const data = { meta: 'desk', asOf: '2025-07-17', consumed: [{ runId: 'a' }, { runId: 'b' }], supersedes: 'm0', why: 'again' };
    expect(new Kept(runDirectory).add(fact('metaRun-m', 'MetaRunOpened', data)).at('id/m')).toEqual({
      ...row,
      runId: 'm',
      kind: 'meta',
      name: 'desk',
      consumed: ['a', 'b'],
      supersedes: 'm0',
      why: 'again',
    });
  });

  test('counts its windows, and shows what was selected last', () => {
    const selected = (scope: string, winners: readonly string[]) => run('AssetsSelected', { scope, candidates: 4, winners });
    const kept = begun().add(selected('window', ['A']));
    expect(kept.at('id/r')!['selection']).toEqual({ won: 1, of: 4, windows: 1, aborted: 0 });
    kept.add(run('SelectionAborted', { scope: 'window', candidates: 3, winners: 2 }));
    expect(kept.at('id/r')!['selection']).toEqual({ won: 2, of: 3, windows: 2, aborted: 1 });
    kept.add(run('SelectionAborted', { scope: 'live', candidates: 5, winners: 0 }));
    expect(kept.at('id/r')!['selection']).toEqual({ won: 0, of: 5, windows: 2, aborted: 1 });
    expect(
      begun()
        .add(selected('live', ['A', 'B']))
        .at('id/r')!['selection'],
    ).toEqual({ won: 2, of: 4, windows: 0, aborted: 0 });
  });

  const formed = (last: string, by: readonly string[] | null) =>
    run('UniverseFormed', { grid: { last }, shortened: by === null ? null : { by: by.map((symbol) => ({ symbol })) } });
  const imported = (risk: string, last: string) => run('SleeveProfileImported', { risk, outOfSample: { last } });

  test('has its data end where its grid ends', () => {
    const kept = begun().add(formed('2025-07-16', ['A', 'B']));
    expect(kept.written).toEqual([{ key: 'end/r', value: { date: '2025-07-16', shortenedBy: ['A', 'B'], risk: null } }]);
    expect(begun().add(formed('2025-07-16', null)).at('end/r')).toEqual({ date: '2025-07-16', shortenedBy: [], risk: null });
    expect(new Kept(runDirectory).add(formed('2025-07-16', null)).written).toEqual([]);
  });

  test.each([
    [[['max_sharpe', '2025-07-15']], 'max_sharpe', '2025-07-15'],
    [
      [
        ['max_sharpe', '2025-07-15'],
        ['barbell', '2025-07-16'],
      ],
      'barbell',
      '2025-07-16',
    ],
    [
      [
        ['max_sharpe', '2025-07-15'],
        ['barbell', '2025-07-15'],
      ],
      'max_sharpe',
      '2025-07-15',
    ],
    [
      [
        ['max_sharpe', '2025-07-15'],
        ['hrp', '2025-07-14'],
      ],
      'hrp',
      '2025-07-14',
    ],
    [
      [
        ['hrp', '2025-07-14'],
        ['barbell', '2025-07-16'],
      ],
      'hrp',
      '2025-07-14',
    ],
    [
      [
        ['hrp', '2025-07-14'],
        ['hrp', '2025-07-13'],
      ],
      'hrp',
      '2025-07-13',
    ],
  ] as const)('of the imports %j has the data end of %s, %s', (imports, risk, date) => {
    const kept = begun().add(...imports.map(([name, last]) => imported(name, last)));
    expect(kept.at('end/r')).toEqual({ date, shortenedBy: [], risk });
    expect(kept.at('id/r')).toEqual({ ...row, risks: imports.map(([name]) => name) });
  });

  test('reads its data end only where a fact may move it', () => {
    const ends = ['count', 'id/r', 'end/r'];
    expect(runDirectory.keysFor(formed('2025-07-16', null))).toEqual(ends);
    expect(runDirectory.keysFor(imported('hrp', '2025-07-16'))).toEqual(ends);
    expect(runDirectory.keysFor(opened)).toEqual(['count', 'id/r']);
  });

  test('counts at a date from its own on; without one only where none is asked for', () => {
    const at = (own: string | null, asked: string | null): boolean => isAsOf({ asOf: own }, asked);
    expect([at('2025-07-16', '2025-07-16'), at('2025-07-16', '2025-07-17'), at('2025-07-16', '2025-07-15')]).toEqual([true, true, false]);
    expect([at('2025-07-16', null), at(null, null), at(null, '2025-07-16')]).toEqual([true, true, false]);
  });
});

describe('a letter', () => {
  const { rejected, resolved, refusedTogether, erased, held, released } = sleeveFacts;
  const { letterId } = rejected('gold');
  const refused = (sleeve: string | null): DomainEvent => fact('sleeve-gold', 'SleeveRunRejected', rejected(sleeve));
  const answered = (sleeve: string | null): DomainEvent => fact('sleeve-gold', 'DeadLetterResolved', resolved(sleeve));
  const counts = (kept: Kept): unknown[] => [kept.at('count'), kept.at('blocking/gold')];
  const other = fact('sleeve-gold', 'SleeveRunRejected', { ...rejected('gold'), letterId: 'd56a4180' });

  test('that comes twice is one, and open once', () => {
    const kept = new Kept(deadLetters).add(refused('gold'), refused('gold'));
    expect(counts(kept)).toEqual([
      { letters: 1, open: 1 },
      { sleeve: 'gold', open: 1 },
    ]);
    expect(counts(kept.add(other))).toEqual([
      { letters: 2, open: 2 },
      { sleeve: 'gold', open: 2 },
    ]);
    expect(kept.at('number/000000000001')).toEqual({ letterId: 'd56a4180' });
    expect(counts(kept.add(answered('gold')))).toEqual([
      { letters: 2, open: 1 },
      { sleeve: 'gold', open: 1 },
    ]);
    expect(counts(kept.add(answered('gold')))).toEqual([
      { letters: 2, open: 1 },
      { sleeve: 'gold', open: 1 },
    ]);
    expect(counts(kept.add(refused('gold')))).toEqual([
      { letters: 2, open: 2 },
      { sleeve: 'gold', open: 2 },
    ]);
    expect(kept.at(`letter/${letterId}`)).toMatchObject({ number: 0, resolved: null });
  });

  test('that nobody knows opens and closes nothing', () => {
    expect(counts(new Kept(deadLetters).add(answered('gold')))).toEqual([{ letters: 0, open: 0 }, null]);
  });

  test('of no sleeve blocks nobody', () => {
    const kept = new Kept(deadLetters).add(refused(null));
    expect([...kept.rows.keys()].filter((key) => key.startsWith('blocking/'))).toEqual([]);
    expect(deadLetters.keysFor(refused(null))).toEqual(['count', `letter/${letterId}`, ...idSetKeys('open', letterId)]);
    expect(deadLetters.keysFor(answered('gold'))).toEqual(['count', `letter/${letterId}`, 'blocking/gold', ...idSetKeys('open', letterId)]);
  });

  test('of many messages bears the code of most of them', () => {
    const many = { ...refusedTogether('gold'), count: 6 };
    const reasons = [
      { code: 'MessageInvalid', count: 1 },
      { code: 'SchemaViolation', count: 3 },
      { code: 'Bankruptcy', count: 2 },
    ];
    const { payload } = many;
    expect(new Kept(deadLetters).add(fact('sleeve-gold', 'MessagesRefused', { ...many, reasons })).at(`letter/${letterId}`)).toEqual({
      letterId,
      number: 0,
      sleeve: 'gold',
      messages: 6,
      code: 'SchemaViolation',
      reason: null,
      path: null,
      ...many.first,
      bytes: payload.bytes,
      sha256: null,
      sealed: payload.sealed,
      kept: true,
      recordedAt,
      erased: null,
      resolved: null,
    });
  });

  test('that was erased is kept no longer, and everything else of it stands', () => {
    const kept = new Kept(deadLetters).add(refused('gold'));
    const before = kept.at(`letter/${letterId}`);
    const gone = fact('sleeve-gold', 'DeadLetterErased', erased('gold'));
    expect(kept.add(gone).at(`letter/${letterId}`)).toEqual({
      ...before,
      kept: false,
      erased: { who: 'ann', why: 'a name in it', at: recordedAt },
    });
    expect(deadLetters.keysFor(gone)).toEqual([`letter/${letterId}`]);
  });

  test('lets results wait behind it, each counted', () => {
    const waits = fact('sleeve-gold', 'SleeveResultHeld', held('gold'));
    const goes = fact('sleeve-gold', 'SleeveResultReleased', released('gold'));
    const kept = new Kept(deadLetters).add(waits, waits);
    expect(kept.at('waiting/gold')).toEqual({ sleeve: 'gold', waiting: 2 });
    expect(kept.add(goes).at('waiting/gold')).toEqual({ sleeve: 'gold', waiting: 1 });
    expect(kept.add(goes).written).toEqual([{ key: 'waiting/gold', value: null }]);
    expect([deadLetters.keysFor(waits), deadLetters.keysFor(goes)]).toEqual([['waiting/gold'], ['waiting/gold']]);
  });

  test('is no other fact', () => {
    const unknown = fact('sleeve-gold', 'SleeveOverdue', {});
    expect([deadLetters.keysFor(unknown), deadLetters.apply(unknown, () => null)]).toEqual([[], []]);
  });
});

describe('a set of ids', () => {
  const rows = new Map<string, IdsRow>();
  const read = (key: string): JsonObject | null => (rows.get(key) as unknown as JsonObject | undefined) ?? null;
  const keep = (written: readonly Row[]): readonly Row[] => {
    for (const { key, value } of written) {
      if (value === null) rows.delete(key);
      else rows.set(key, value as unknown as IdsRow);
    }
    return written;
  };
  const listed = async (after?: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const id of idsOf((key) => Promise.resolve(rows.get(key) ?? null), 's', after === undefined ? {} : { after }))
      found.push(id);
    return found;
  };

  test('writes the rows that change, and no more', async () => {
    expect(idSetKeys('s', 'abcd1')).toEqual(['s/', 's/a', 's/ab', 's/abc']);
    expect(keep(withId('s', 'abcd2', read))).toEqual([
      { key: 's/abc', value: { below: ['abcd2'] } },
      { key: 's/ab', value: { below: ['abc'] } },
      { key: 's/a', value: { below: ['ab'] } },
      { key: 's/', value: { below: ['a'] } },
    ]);
    expect(keep(withId('s', 'abcd1', read))).toEqual([{ key: 's/abc', value: { below: ['abcd1', 'abcd2'] } }]);
    expect(keep(withId('s', 'abcd1', read))).toEqual([]);
    expect(keep(withId('s', 'abz99', read))).toEqual([
      { key: 's/abz', value: { below: ['abz99'] } },
      { key: 's/ab', value: { below: ['abc', 'abz'] } },
    ]);
    keep(withId('s', '0bz99', read));
    expect(await listed()).toEqual(['0bz99', 'abcd1', 'abcd2', 'abz99']);
    expect([await listed('abcd1'), await listed('abcd2'), await listed('abz99'), await listed('1')]).toEqual([
      ['abcd2', 'abz99'],
      ['abz99'],
      [],
      ['abcd1', 'abcd2', 'abz99'],
    ]);
    expect(keep(withoutId('s', 'abcd1', read))).toEqual([{ key: 's/abc', value: { below: ['abcd2'] } }]);
    expect(keep(withoutId('s', 'abcd1', read))).toEqual([]);
    expect(keep(withoutId('s', 'abz99', read))).toEqual([
      { key: 's/abz', value: null },
      { key: 's/ab', value: { below: ['abc'] } },
    ]);
    expect(keep(withoutId('s', 'abcd2', read))).toEqual([
      { key: 's/abc', value: null },
      { key: 's/ab', value: null },
      { key: 's/a', value: null },
      { key: 's/', value: { below: ['0'] } },
    ]);
  });
});

describe('a stream', () => {
  test.each(['sleeveRun', 'metaRun', 'backtest', 'combination', 'tournament'])('%s-<id> is of the run <id>', (kind) => {
    expect(runIdOf(`${kind}-a-b`)).toBe('a-b');
  });

  test('of no run is refused, and numbers sort as texts', () => {
    const { code, message, evidence } = refusalOf(() => runIdOf('sleeve-a'));
    expect({ code, message, evidence }).toEqual({
      code: 'Internal',
      message: 'a stream that belongs to no run',
      evidence: { stream: 'sleeve-a' },
    });
    expect([sortable(0), sortable(1234567890123)]).toEqual(['000000000000', '1234567890123']);
  });
});
