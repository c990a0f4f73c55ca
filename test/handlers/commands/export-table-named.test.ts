/** Returns and weights of a run as one table: what is written of each kind of run, and what none has. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { exportTable, type ExportTable } from '../../../handlers/commands/export-table.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { nestedPortfolio } from '../../support/delivered-runs.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const { opened, imported, graded } = sleeveRunFacts;
const staged = new StagedArtifacts(sha256);
const dates = ['2024-01-05', '2024-01-08'];
const table = (...columns: readonly string[]) => ({ dates, columns, values: columns.map((_, at) => Float64Array.of(at + 0.5, at + 0.25)) });
const manifest = parseManifest(JSON.stringify({ profiles: { bonds: { backtest: { backtest_cash_asset: 'BIL' } } } }), 'manifest.json');
const documents = {
  sleeve: staged.document('resolved-profile', resolveProfile(manifest, 'bonds')),
  meta: staged.document('meta-portfolio', nestedPortfolio()),
};
const tables = {
  returns: staged.table(table('return'), []),
  joined: staged.table(table('stocks', 'listed'), []),
  tested: staged.table(table('net', 'gross'), []),
  weights: staged.table(table('NYSE:AAA', 'NYSE:BBB'), []),
};
const documentOf = ({ sha256: address, bytes }: { readonly sha256: string; readonly bytes: number }) =>
  ({ kind: 'document', sha256: address, bytes, mediaType: 'text/csv' }) as const;
const joined = (path: readonly string[], matrix = tables.joined): EventData<'SleeveReturnsJoined'> => ({
  risk: 'hrp',
  meta: 'desk',
  path: [...path],
  statistics: { policy: 'drop', first: '2024-01-05', last: '2024-01-08', rows: 2, sleeves: [] },
  annualisationDays: 252,
  streams: [],
  warnings: [],
  matrix,
});

const completed = backtestFacts.completed('b1', ['hrp']);
const tested = completed.tested.map((profile) => ({
  ...profile,
  tables: { ...profile.tables, returns: documentOf(tables.tested), assetWeights: documentOf(tables.weights) },
}));

const history = new FactHistory()
  .add('sleeveRun-s1', 'SleeveRunOpened', opened('s1', { source: 'production', definition: documents.sleeve }))
  .add(
    'sleeveRun-s1',
    'SleeveProfileImported',
    imported(
      'hrp',
      {
        weights: [
          { symbol: 'NYSE:BBB', weight: -0.25 },
          { symbol: 'NYSE:AAA', weight: 0.5 },
        ],
      },
      '2024-01-08',
      tables.returns,
    ),
  )
  .add('sleeveRun-s1', 'SleeveProfileImported', imported('market', { weights: null }, '2024-01-08', tables.joined))
  .add('sleeveRun-s1', 'SleeveRunCertified', graded())
  .add('metaRun-m1', 'MetaRunOpened', metaRunFacts.opened('m1', { definition: documents.meta }))
  .add('metaRun-m1', 'SleeveReturnsJoined', joined(['listed'], tables.weights))
  .add('metaRun-m1', 'SleeveReturnsJoined', { ...joined([], tables.weights), risk: 'barbell' })
  .add('metaRun-m1', 'SleeveReturnsJoined', joined([]))
  .add('metaRun-m1', 'PortfolioFlattened', metaRunFacts.flattened())
  .add('backtest-b1', 'BacktestStarted', backtestFacts.started('b1'))
  .add('backtest-b1', 'BacktestCompleted', { ...completed, tested })
  .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1'))
  .add('tournament-x1', 'TournamentStarted', tournamentFacts.started('x1'))
  .add('tournament-x1', 'TournamentCompleted', tournamentFacts.completed('x1'));

let ports: Ports;
let written: unknown[] = [];
const writeTable = async (...given: unknown[]) => {
  written.push(given);
  return { sha256: 'f'.repeat(64) };
};

beforeAll(async () => {
  const session = await ledgerHolding(history);
  await session.ports.artifacts.putAll(staged.contents());
  ports = { ...session.ports, tables: { ...session.ports.tables, writeTable } };
});

async function exported(asked: Partial<ExportTable> & Pick<ExportTable, 'runId' | 'what'>) {
  written = [];
  const answer = await exportTable(ports, { risk: null, asOf: null, knownAt: null, file: 'out.csv', ...asked });
  return { answer, written };
}

const byDate = (days: readonly string[]) => expect.objectContaining({ values: days });
const answerOf = (runId: string, rows: number, columns: readonly string[], cash: object = {}) => ({
  runId,
  file: 'out.csv',
  rows,
  columns,
  sha256: 'f'.repeat(64),
  ...cash,
});
const columnsOf = (...names: readonly string[]) => names.map((name, at) => ({ name, values: Float64Array.of(at + 0.5, at + 0.25) }));

describe('a table of a run', () => {
  test.each<[string, 'returns' | 'weights', string, readonly string[], readonly string[]]>([
    ['s1', 'returns', 'hrp', ['returns'], ['returns']],
    ['b1', 'returns', 'hrp', ['net', 'gross'], ['net', 'gross']],
    ['m1', 'returns', 'hrp', ['stocks', 'listed'], ['stocks', 'listed']],
    ['b1', 'weights', 'hrp', ['NYSE:AAA', 'NYSE:BBB'], ['NYSE:AAA', 'NYSE:BBB']],
  ])('of %s has its %s of a profile, a row for each date, and no cash', async (runId, what, risk, columns, names) => {
    const found = await exported({ runId, what, risk });
    expect(found).toEqual({ answer: answerOf(runId, 2, columns), written: [['out.csv', byDate(dates), columnsOf(...names)]] });
  });

  test('of weights of a sleeve run is one row at its as-of date, by symbol, with its cash beside it', async () => {
    const { answer, written: calls } = await exported({ runId: 's1', what: 'weights', risk: 'hrp' });
    expect(answer).toEqual(answerOf('s1', 1, ['NYSE:AAA', 'NYSE:BBB'], { cash: { asset: 'BIL', weight: 0.25 } }));
    expect(calls).toEqual([
      [
        'out.csv',
        byDate(['2024-01-10']),
        [
          { name: 'NYSE:AAA', values: Float64Array.of(0.5) },
          { name: 'NYSE:BBB', values: Float64Array.of(-0.25) },
        ],
      ],
    ]);
  });

  test('of weights of a meta run is what it holds of each symbol, with its cash', async () => {
    const { answer, written: calls } = await exported({ runId: 'm1', what: 'weights', risk: 'hrp' });
    expect(answer).toEqual(answerOf('m1', 1, ['NYSE:AAA', 'NYSE:BBB'], { cash: { asset: 'USDT', weight: 0.25 } }));
    expect(calls).toMatchObject([
      [
        'out.csv',
        { values: ['2024-01-10'] },
        [
          { name: 'NYSE:AAA', values: Float64Array.of(-0.5) },
          { name: 'NYSE:BBB', values: Float64Array.of(0.25) },
        ],
      ],
    ]);
  });

  test.each<[Partial<ExportTable> & Pick<ExportTable, 'runId' | 'what'>, string, string]>([
    [{ runId: 's1', what: 'returns', risk: 'barbell' }, 'ProfileNotAvailable', 'run s1 has no barbell; it has hrp, market'],
    [{ runId: 's1', what: 'weights', risk: 'barbell' }, 'ProfileNotAvailable', 'run s1 has no barbell; it has hrp, market'],
    [{ runId: 's1', what: 'weights', risk: 'market' }, 'ProfileNotAvailable', 'run s1 has no market; it has hrp, market'],
    [{ runId: 'm1', what: 'weights', risk: 'market' }, 'ProfileNotAvailable', 'run m1 has no market; it has none'],
    [{ runId: 'm1', what: 'returns', risk: 'market' }, 'ProfileNotAvailable', 'run m1 has no market; it has none'],
    [{ runId: 'b1', what: 'returns', risk: 'market' }, 'ProfileNotAvailable', 'run b1 has no market; it has hrp'],
    [{ runId: 'b1', what: 'weights', risk: 'market' }, 'ProfileNotAvailable', 'run b1 has no market; it has hrp'],
    [{ runId: 'c1', what: 'returns' }, 'Usage', 'c1 is a combination, which has no returns'],
    [
      { runId: 's1', what: 'returns', risk: 'hrp', entrant: 'a' },
      'Usage',
      '--entrant names whose weights of a tournament are meant, and s1 is none',
    ],
    [{ runId: 'x1', what: 'returns', entrant: 'a' }, 'Usage', '--entrant names whose weights of a tournament are meant, and x1 is none'],
  ])('%p is refused: %s', async (asked, code, message) => {
    await expect(exported(asked)).rejects.toMatchObject({ code, message });
    expect(written).toEqual([]);
  });

  test.each<Partial<ExportTable> & Pick<ExportTable, 'runId' | 'what'>>([
    { runId: 's1', what: 'returns' },
    { runId: 's1', what: 'weights' },
    { runId: 'c1', what: 'weights', risk: 'hrp' },
    { runId: 'x1', what: 'weights', risk: 'hrp' },
    { runId: 'x1', what: 'returns', risk: 'hrp' },
  ])('%p is refused for its profile', async (asked) => {
    await expect(exported(asked)).rejects.toMatchObject({ code: 'Usage', at: { path: '--risk' } });
  });

  test('says where a run that has no returns was named, and where an entrant was', async () => {
    await expect(exported({ runId: 'c1', what: 'returns' })).rejects.toMatchObject({ at: { path: 'c1' } });
    await expect(exported({ runId: 's1', what: 'returns', risk: 'hrp', entrant: 'a' })).rejects.toMatchObject({
      at: { path: '--entrant' },
    });
  });
});
