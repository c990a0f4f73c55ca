import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { methodOf } from '../../../presentation/api/endpoint.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import { type DeskOfEveryKind, deskOfEveryKind } from '../../support/desk-of-every-kind.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const scratch = scratchDirectory();
let desk: DeskOfEveryKind;
let served: ServedLedger;
let operator: string;

beforeAll(async () => {
  desk = await deskOfEveryKind(scratch);
  operator = await tokenOf(desk.bench, 'olga', 'operator');
  served = await ServedLedger.start(desk.bench);
}, 60_000);
afterAll(() => served.stop());

/** What each address answers is what the command line answers. `:name` stands for the id of a run of the desk. */
const asked: readonly (readonly [string, string, readonly string[]])[] = [
  ['listPortfolios', '/v1/portfolios', ['portfolios']],
  ['onePortfolio', '/v1/portfolios/pair', ['portfolios', '--meta', 'pair']],
  ['portfolioHistory', '/v1/portfolios/pair/history', ['history', '--meta', 'pair']],
  [
    'portfolioPublications',
    '/v1/portfolios/pair/publications?limit=1&newest-first=true',
    ['publications', '--meta', 'pair', '--limit', '1', '--newest-first'],
  ],
  ['listSleeves', '/v1/sleeves', ['sleeve', 'list']],
  ['oneSleeve', '/v1/sleeves/stocks', ['sleeve', 'show', 'stocks']],
  ['listRuns', '/v1/runs?limit=2&after=:picked', ['runs', '--limit', '2', '--after', ':picked']],
  ['oneRun', '/v1/runs/:stocks', ['show', ':stocks']],
  ['oneRun', '/v1/runs/:picked', ['show', ':picked']],
  ['oneRun', '/v1/runs/latest?meta=pair', ['show', 'latest', '--meta', 'pair']],
  ['oneRun', '/v1/runs/:backtest', ['show', ':backtest']],
  ['listSeries', '/v1/runs/:stocks/series?risk=hrp', ['export', 'series', ':stocks', '--risk', 'hrp']],
  [
    'backtestRobustness',
    '/v1/runs/:backtest/robustness?repetitions=20',
    ['backtest', 'robustness', ':backtest', '--repetitions', '20'],
  ],
  ['listBacktests', '/v1/backtests', ['runs', '--kind', 'backtest']],
  ['oneBacktest', '/v1/backtests/latest?meta=pair', ['show', 'latest', '--kind', 'backtest', '--meta', 'pair']],
  ['listTournaments', '/v1/tournaments?name=funds', ['runs', '--kind', 'tournament', '--name', 'funds']],
  ['oneTournament', '/v1/tournaments/:tournament', ['show', ':tournament']],
  ['listCombinations', '/v1/combinations', ['runs', '--kind', 'combination']],
  ['oneCombination', '/v1/combinations/latest', ['show', 'latest', '--kind', 'combination']],
  ['explainSelection', '/v1/selections/:picked/explain/NYSE:PA', ['select', 'explain', ':picked', 'NYSE:PA']],
  ['selectionBattles', '/v1/selections/:picked/battles?window=0', ['select', 'battles', ':picked', '--window', '0']],
  ['selectionFunnel', '/v1/selections/latest/funnel?sleeve=picked', ['select', 'funnel', 'latest', '--sleeve', 'picked']],
  [
    'selectionDifference',
    '/v1/selections/:picked/diff?window=0&against=live',
    ['select', 'diff', ':picked', '--window', '0', '--against', 'live'],
  ],
  ['listScans', '/v1/scans?limit=1', ['scan', 'list', '--limit', '1']],
  ['scanFunnel', '/v1/scans/etf_equity_momentum/funnel', ['scan', 'funnel', 'etf_equity_momentum']],
  ['scanConfig', '/v1/scans/etf_equity_momentum/config', ['scan', 'config', 'etf_equity_momentum', '--recorded']],
];

function named(text: string): string {
  return text.replaceAll(/:(picked|stocks|backtest|tournament)/g, (_, name: string) => desk[name as 'picked']);
}

const declared = resources.flatMap(({ endpoints }) => endpoints);

describe('each address', () => {
  test.each(asked)('of %s answers at %s what the command line does, in the declared shape', async (operationId, path, argv) => {
    const { exit: _exit, ...said } = await desk.bench.json(argv.map(named));
    expect(said.error).toBeUndefined();
    const answer = await served.ask(named(path));
    expect([answer.status, answer.json]).toEqual([200, said]);
    const endpoint = declared.find((one) => one.operationId === operationId)!;
    expect(methodOf(endpoint)).toBe('GET');
    expect(endpoint.result.safeParse(answer.json['result']).error?.issues ?? []).toEqual([]);
  });
});

void operator;
