/** Returns and weights as tables, by the kind of the run: whole, and each beside what the ledger recorded. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import type { TableIndex } from '../../../domain/shared/table-formats.ts';
import { type ExportedTable, type ExportTable, exportTable } from '../../../handlers/commands/export-table.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { keepDocument, keepJson, keepTable, recordHistory, tableOfRows } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';
import { allocate, fileOf, manifestOf, memoryLedger, produce } from '../replay/world.ts';

const { session, memory } = memoryLedger();
let sleeveRun = '';
let metaRun = '';
const returns = tableOfRows(['net', 'flat'], { '2024-01-05': [0.5, 0], '2024-01-08': [0.25, 0] });
const decided = tableOfRows(['AAA', 'BBB'], { '2024-01-04': [0.5, 0.5], '2024-01-08': [0.25, 0.75] });

beforeAll(async () => {
  const manifest = manifestOf(({ profiles }) => {
    profiles['one'] = { sleeves: [{ id: 'funds', profile: 'funds' }], meta_allocation: { profile: 'risk_parity', max_weight: null } };
  });
  sleeveRun = await produce({ session, memory, held: new Map() }, manifest, 'funds', [fileOf('funds')]);
  metaRun = (await allocate({ session, memory, held: new Map() }, manifest, 'one')).runId;
  const [tested] = backtestFacts.completed('b', ['hrp']).tested;
  const tables = { ...tested!.tables, returns: await keepTable(memory, returns), assetWeights: await keepTable(memory, decided) };
  const cup = tournamentFacts.completed('cup');
  const held = { ...cup.entrants[0]!.held, stream: await keepTable(memory, returns), weights: await keepTable(memory, decided) };
  const table = await keepDocument(memory, 'combination-table', {
    assets: ['ES', 'GC'],
    sleeves: ['tsmom'],
    contributions: [[0.5], [-0.25]],
    total: [0.5, -0.25],
    projection: [0, 0],
    weights: [0.5, -0.25],
  });
  const history = new FactHistory()
    .add('backtest-b', 'BacktestStarted', backtestFacts.started('b'))
    .add('backtest-b', 'BacktestCompleted', { ...backtestFacts.completed('b', ['hrp']), tested: [{ ...tested!, tables }] })
    .add('tournament-cup', 'TournamentStarted', tournamentFacts.started('cup'))
    .add('tournament-cup', 'TournamentCompleted', {
      ...cup,
      entrants: cup.entrants.map((entrant) => ({ ...entrant, held })),
      pairs: { ...cup.pairs, table: await keepJson(memory, []) },
    })
    .add('combination-book', 'PositionsCombined', combinationFacts.combined('book', { table, asOf: '2024-01-10' }));
  await recordHistory(memory, history);
}, 60_000);

interface Written {
  readonly file: string;
  readonly index: TableIndex;
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[];
}

async function exported(change: Partial<ExportTable>): Promise<{ readonly answer: ExportedTable; readonly written: readonly Written[] }> {
  const written: Written[] = [];
  const tables: Ports['tables'] = {
    writeTable: async (file, index, columns) => {
      written.push({ file, index, columns });
      return { sha256: 'f'.repeat(64) };
    },
  };
  const asked: ExportTable = { runId: '', what: 'returns', risk: null, file: 'out.csv', asOf: null, knownAt: null, ...change };
  return { answer: await exportTable({ ...session.ports, tables }, asked), written };
}

const asWritten = ({ dates, columns, values }: DatedTable): Written[] => [
  { file: 'out.csv', index: { kind: 'dates', values: dates }, columns: columns.map((name, at) => ({ name, values: values[at]! })) },
];
const answerOf = (runId: string, { dates, columns }: DatedTable) => ({
  runId,
  file: 'out.csv',
  rows: dates.length,
  columns,
  sha256: 'f'.repeat(64),
});

/** Data of the events of a type in a stream, as they lie in the store. */
async function recordedData<Data>(stream: string, type: string): Promise<Data[]> {
  const events = await memory.store.readStream(stream, { from: 0n, maxCount: 1000, direction: 'forwards' });
  return events
    .filter((event) => event.type === type)
    .map(({ bytes }) => (JSON.parse(new TextDecoder().decode(bytes)) as { readonly data: Data }).data);
}
/** Rows of a recorded table, read as text. */
async function storedRows(sha256: string): Promise<string[][]> {
  const text = new TextDecoder().decode(await memory.artifacts.get(sha256));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}
const rowsOf = ({ index, columns }: Written): string[][] =>
  index.values.map((date, row) => [date, ...columns.map(({ values }) => String(values[row]!))]);

interface Solved {
  readonly risk: string;
  readonly weights: readonly { readonly symbol: string; readonly weight: number }[];
  readonly outOfSample: { readonly returns: { readonly sha256: string } };
}

describe('returns', () => {
  test('of a sleeve run are its out-of-sample net returns in one column', async () => {
    const solved = await recordedData<Solved>(`sleeveRun-${sleeveRun}`, 'SleeveProfileSolved');
    const { outOfSample } = solved.find(({ risk }) => risk === 'hrp')!;
    const [, ...rows] = await storedRows(outOfSample.returns.sha256);
    const { answer, written } = await exported({ runId: sleeveRun, risk: 'hrp' });
    expect(written[0]!.columns.map(({ name }) => name)).toEqual(['returns']);
    expect(rowsOf(written[0]!)).toEqual(rows);
    expect(answer).toEqual({ runId: sleeveRun, file: 'out.csv', rows: rows.length, columns: ['returns'], sha256: 'f'.repeat(64) });
  });

  test('of a meta run are the joined matrix', async () => {
    const [joined] = await recordedData<{ readonly matrix: { readonly sha256: string } }>(`metaRun-${metaRun}`, 'SleeveReturnsJoined');
    const [head, ...rows] = await storedRows(joined!.matrix.sha256);
    const { answer, written } = await exported({ runId: metaRun, risk: 'risk_parity' });
    expect(rowsOf(written[0]!)).toEqual(rows);
    expect(answer.columns).toEqual(head!.slice(1));
  });

  test('of a backtest are its returns table, and of a tournament those of its entrants', async () => {
    expect(await exported({ runId: 'b', risk: 'hrp' })).toEqual({ answer: answerOf('b', returns), written: asWritten(returns) });
    const net = { dates: returns.dates, columns: ['a', 'c'], values: [returns.values[0]!, returns.values[0]!] };
    expect(await exported({ runId: 'cup' })).toEqual({ answer: answerOf('cup', net), written: asWritten(net) });
  });
});

describe('weights', () => {
  test('of a sleeve run are one row by symbol at its date, beside what is not invested', async () => {
    const solved = await recordedData<Solved>(`sleeveRun-${sleeveRun}`, 'SleeveProfileSolved');
    const { weights } = solved.find(({ risk }) => risk === 'hrp')!;
    const sorted = weights.toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1));
    const table = {
      dates: ['2022-12-30'],
      columns: sorted.map(({ symbol }) => symbol),
      values: sorted.map(({ weight }) => Float64Array.of(weight)),
    };
    const { answer, written } = await exported({ runId: sleeveRun, what: 'weights', risk: 'hrp' });
    expect(written).toEqual(asWritten(table));
    expect(answer).toEqual(answerOf(sleeveRun, table));
  });

  test('of a meta run are one row of its flattened portfolio', async () => {
    const [flattened] = await recordedData<{ readonly weights: Readonly<Record<string, number>> }>(
      `metaRun-${metaRun}`,
      'PortfolioFlattened',
    );
    const { written } = await exported({ runId: metaRun, what: 'weights', risk: 'risk_parity' });
    const columns = Object.entries(flattened!.weights).toSorted(([left], [right]) => (left < right ? -1 : 1));
    expect(written[0]!.index).toEqual({ kind: 'dates', values: ['2022-12-30'] });
    expect(written[0]!.columns).toEqual(columns.map(([name, weight]) => ({ name, values: Float64Array.of(weight) })));
  });

  test('of a backtest are a row for each decision, of an entrant a row for each window, of a combination one at its date', async () => {
    const answer = { answer: answerOf('b', decided), written: asWritten(decided) };
    expect(await exported({ runId: 'b', what: 'weights', risk: 'hrp' })).toEqual(answer);
    expect(await exported({ runId: 'cup', what: 'weights', entrant: 'a' })).toEqual({
      ...answer,
      answer: { ...answer.answer, runId: 'cup' },
    });
    const book = { dates: ['2024-01-10'], columns: ['ES', 'GC'], values: [Float64Array.of(0.5), Float64Array.of(-0.25)] };
    expect(await exported({ runId: 'book', what: 'weights' })).toEqual({ answer: answerOf('book', book), written: asWritten(book) });
  });
});

describe('a table is refused', () => {
  const noRisk = { path: '--risk' };
  test.each<[Partial<ExportTable>, string, string, object]>([
    [{ runId: 'book' }, 'Usage', 'book is a combination, which has no returns', { path: 'book' }],
    [{ runId: 'book', what: 'weights', risk: 'hrp' }, 'Usage', 'book is a combination, which has no risk profiles', noRisk],
    [{ runId: 'cup', risk: 'hrp' }, 'Usage', 'cup is a tournament: its tables hold every entrant', noRisk],
    [{ runId: 'cup', what: 'weights', risk: 'hrp' }, 'Usage', 'cup is a tournament: its tables hold every entrant', noRisk],
    [{ runId: 'cup', what: 'weights' }, 'Usage', '--entrant says whose weights of cup are meant', { path: '--entrant' }],
    [{ runId: 'b' }, 'Usage', '--risk says which profile of the backtest run b: it has hrp', noRisk],
    [{ runId: 'b', what: 'weights' }, 'Usage', '--risk says which profile of the backtest run b: it has hrp', noRisk],
    [{ runId: 'b', risk: 'market' }, 'ProfileNotAvailable', 'run b has no market; it has hrp', {}],
    [{ runId: 'b', what: 'weights', risk: 'market' }, 'ProfileNotAvailable', 'run b has no market; it has hrp', {}],
    [
      { runId: 'b', risk: 'hrp', entrant: 'a' },
      'Usage',
      '--entrant names whose weights of a tournament are meant, and b is none',
      { path: '--entrant' },
    ],
    [
      { runId: 'cup', entrant: 'a' },
      'Usage',
      '--entrant names whose weights of a tournament are meant, and cup is none',
      { path: '--entrant' },
    ],
  ])('for %j', async (change, code, message, at) => {
    await expect(exported(change)).rejects.toMatchObject({ code, message, at });
  });

  test.each(['returns', 'weights'] as const)('for a profile that a sleeve run or a meta run does not have: %s', async (what) => {
    for (const runId of [sleeveRun, metaRun])
      await expect(exported({ runId, what, risk: 'adaptive' })).rejects.toMatchObject({
        code: 'ProfileNotAvailable',
        message: expect.stringMatching(`^run ${runId} has no adaptive; it has `),
      });
  });
});
