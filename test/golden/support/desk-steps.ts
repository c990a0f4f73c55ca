import { mkdirSync, writeFileSync } from 'node:fs';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { smallManifest, smallCsv, type SmallSleeve } from '../../support/small-market.ts';
import gates from '../scan/gates.json' with { type: 'json' };

type Argv = readonly string[];
/** Runs by a word for each, as they are recorded. */
export type Named = Readonly<Record<string, string>>;

export interface DeskStep {
  /** The file that keeps the answers. */
  readonly name: string;
  readonly commands: readonly (readonly [as: string | null, argv: (runs: Named) => Argv])[];
}

const picks = Array.from({ length: 6 }, (_, k) => `NYSE:P${String.fromCharCode(65 + k)}`);
const span = { first: '2022-04-01', last: '2022-12-30' };

const asking = (...argv: readonly string[]): DeskStep['commands'][number] => [null, () => argv];
const askingOf = (argv: (runs: Named) => Argv): DeskStep['commands'][number] => [null, argv];
const recording = (as: string, ...argv: readonly string[]): DeskStep['commands'][number] => [as, () => [...argv, '--no-seal']];

/** Files of the working folder: a manifest, prices, positions and weights. */
export function writeDesk(): void {
  for (const folder of ['out', 'in']) mkdirSync(folder);
  const manifest = smallManifest(({ profiles }) => {
    profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
    profiles['pair']!['publication'] = { maker_checker: true };
    profiles['picked'] = {
      data: { symbols: picks },
      features: {
        entropy_max_threshold: 1,
        efficiency_min_threshold: 0.02,
        hurst_random_walk_min: 0.5,
        hurst_random_walk_max: 0.5,
        eci_hurdle: -9,
      },
      selection: { selection_mode: 'v4', min_momentum_score: -1, min_winners: 2 },
    };
  });
  writeFileSync('manifest.json', manifest);
  for (const sleeve of ['stocks', 'funds', 'coins'] as const satisfies readonly SmallSleeve[])
    for (const last of ['2022-12-29', '2022-12-30']) writeFileSync(`in/${sleeve}-${last}.csv`, smallCsv(sleeve, { last }));
  writeFileSync('in/picks.csv', priceCsv(simulatedPrices({ symbols: [...picks, 'AMEX:SPY'], ...span, seed: 7 })));
  const days = Array.from({ length: 140 }, (_, day) => addDays('2022-01-03', day)).filter((date) => !isWeekend(dayNumberOf(date)));
  const rows = days.map((date, row) => `${date},${100 + ((row * 7) % 13)},${200 + ((row * 11) % 17)}`);
  writeFileSync('in/futures.csv', ['date,CME_MINI:ES1!,CME_MINI:NQ1!', ...rows, ''].join('\n'));
  writeFileSync('in/positions.csv', `date,CME_MINI:ES1!\n${days[80]},0.5\n${days[90]},-0.5\n`);
  writeFileSync('in/overlays.json', JSON.stringify({ overlays: { vol: { target_vol: 0.1 }, macro: { sma_window: 20 } } }));
  writeFileSync('in/weights.csv', `date,CME_MINI:ES1!,CME_MINI:NQ1!\n${days[10]},0.6,0.4\n${days[20]},0.5,-0.3\n`);
  writeFileSync('in/risk-units.csv', 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n');
  writeFileSync('in/held.csv', 'asset,weight\nES,1\nGC,1\nCL,1\n');
  writeFileSync('in/holdings.csv', 'symbol,notional\nNYSE:AAA,250000\nAMEX:SPY,100000\nNYSE:ZZZ,5000\n');
  writeFileSync('in/response.json', JSON.stringify(gates.response));
}

const produced = (as: string, sleeve: SmallSleeve, last: string): DeskStep['commands'][number] =>
  recording(as, 'flow', 'production', '--profile', sleeve, '--prices', `in/${sleeve}-${last}.csv`);
const combine = ['combine', '--positions', 'in/risk-units.csv', '--budgets', 'tsmom=0.6', 'xsec=0.4', '--name', 'futures'];
const trades = ['trades', '--holdings', 'in/holdings.csv', '--capital', '1000000'];
const [eve, last] = ['2022-12-29', '2022-12-30'];

/** What is recorded, in order. */
const recorded: readonly DeskStep[] = [
  {
    name: 'manifest',
    commands: [
      asking('manifest', 'validate'),
      asking('manifest', 'resolve', '--profile', 'nested'),
      asking('manifest', 'lint', '--profile', 'stocks'),
      asking('manifest', 'apply', '--dry-run'),
      asking('manifest', 'apply', '--no-seal'),
      asking('manifest', 'apply', '--no-seal'),
      asking('manifest', 'approve', 'pair/1', '--why', 'agreed', '--actor', 'cio', '--no-seal'),
      asking('manifest', 'approve', 'pair/7', '--why', 'agreed', '--actor', 'cio'),
      asking('status'),
    ],
  },
  {
    name: 'runs-made',
    commands: [
      produced('stocksFirst', 'stocks', eve),
      produced('funds', 'funds', eve),
      produced('coins', 'coins', eve),
      recording('pairFirst', 'flow', 'meta', '--profile', 'pair'),
      recording('whole', 'flow', 'meta', '--profile', 'whole'),
      recording('nested', 'flow', 'meta', '--profile', 'nested'),
      produced('stocks', 'stocks', last),
      produced('fundsLast', 'funds', last),
      produced('fundsLast', 'funds', last),
      recording('pair', 'flow', 'meta', '--profile', 'pair', '--risk', 'hrp,equal_weight'),
      recording('nowhere', 'flow', 'meta', '--profile', 'nowhere'),
      recording('picked', 'flow', 'production', '--profile', 'picked', '--prices', 'in/picks.csv'),
    ],
  },
  {
    name: 'tests-made',
    commands: [
      recording('backtest', 'backtest', 'run', '--meta', 'pair', '--risk', 'hrp', 'equal_weight'),
      recording('tournament', 'tournament', 'run', '--profile', 'funds', '--from', '2022-04-01', '--prices', `in/funds-${last}.csv`),
      recording('dated', ...combine, '--gross-cap', '0.8', '--as-of', '2022-07-18'),
      recording('refused', ...combine, '--previous', 'in/held.csv', '--turnover-cap', '0.4', '--gross-cap', '1'),
      asking('backtest', 'verify', 'latest'),
      asking('backtest', 'robustness', 'latest', '--repetitions', '20'),
    ],
  },
  {
    name: 'decisions',
    commands: [
      asking(
        'parity',
        'waive',
        '--meta',
        'whole',
        '--paths',
        'backtest.step_size',
        '--until',
        '2030-01-01',
        '--why',
        'migration',
        '--no-seal',
      ),
      asking('halt', '--meta', 'whole', '--why', 'an audit', '--no-seal'),
      asking('halt', '--meta', 'whole', '--why', 'an audit', '--no-seal'),
      asking('sleeve', 'quarantine', 'coins', '--why', 'a drill', '--no-seal'),
      asking('status', '--check'),
      asking('resume', '--meta', 'whole', '--why', 'done', '--no-seal'),
      asking('sleeve', 'reinstate', 'coins', '--why', 'done', '--no-seal'),
      askingOf(({ pair }) => ['approve', pair!, '--why', 'seen', '--no-seal']),
      askingOf(({ whole }) => ['reject', whole!, '--why', 'seen', '--no-seal']),
    ],
  },
];

/** What is asked of all that. */
const asked: readonly DeskStep[] = [
  {
    name: 'portfolios',
    commands: [
      asking('status'),
      ...['pair', 'whole', 'nested'].flatMap((meta) => [
        asking('weights', '--meta', meta),
        asking('parity', 'check', '--meta', meta),
        asking('publications', '--meta', meta),
      ]),
      asking('weights', '--meta', 'pair', '--as-of', eve),
      asking('weights', '--meta', 'pair', '--known-at', '25'),
      asking('weights', '--meta', 'pair', '--published'),
      asking('weights', '--meta', 'nested', '--risk', 'market'),
      asking('explain', 'AMEX:SPY', '--meta', 'nested'),
      asking('explain', 'NYSE:AAA', '--meta', 'pair'),
      asking('explain', 'NYSE:AAB', '--meta', 'pair'),
      asking(...trades, '--meta', 'pair'),
      asking(...trades, '--meta', 'whole'),
    ],
  },
  {
    name: 'runs',
    commands: [
      asking('runs'),
      asking('runs', '--kind', 'sleeve', '--name', 'funds'),
      ...['stocks', 'nested', 'backtest', 'tournament', 'dated', 'refused', 'picked'].map((name) =>
        askingOf((runs) => ['timeline', runs[name] ?? name]),
      ),
      asking('timeline', 'latest', '--meta', 'pair'),
      asking('timeline', 'previous', '--sleeve', 'funds'),
      asking('timeline', 'previous', '--kind', 'combination'),
    ],
  },
  {
    name: 'comparisons',
    commands: [
      askingOf(({ pairFirst, pair }) => ['diff', pairFirst!, pair!, '--risk', 'hrp']),
      asking('diff', 'latest', 'latest', '--meta', 'whole'),
      askingOf(({ whole }) => ['counterfactual', whole!, '--set', 'meta_allocation.max_weight=0.5', '--risk', 'hrp']),
      askingOf(({ nested }) => ['counterfactual', nested!, '--drop-sleeve', 'coins']),
      askingOf(({ whole }) => ['counterfactual', whole!, '--set', 'meta_allocation.max_wait=0.5']),
      askingOf(({ backtest }) => ['counterfactual', backtest!, '--set', 'backtest.backtest_slippage=0.002']),
      asking('replay', '--all'),
    ],
  },
  {
    name: 'selections',
    commands: [
      askingOf(({ picked }) => ['select', 'explain', picked!, picks[0]!]),
      askingOf(({ picked }) => ['select', 'funnel', picked!, '--window', '1']),
      askingOf(({ picked }) => ['select', 'battles', picked!]),
      askingOf(({ picked }) => ['select', 'diff', picked!, '--window', '0', '--against', '2']),
    ],
  },
  {
    name: 'exports',
    commands: [
      ...['stocks', 'pair'].flatMap((name) => [
        askingOf((runs) => ['export', 'weights', runs[name]!, '--risk', 'hrp', '-o', `out/${name}-weights.csv`]),
        askingOf((runs) => ['export', 'returns', runs[name]!, '--risk', 'hrp', '-o', `out/${name}-returns.csv`]),
        askingOf((runs) => ['export', 'run', runs[name]!, '-o', `out/${name}`]),
      ]),
      askingOf(({ backtest }) => ['export', 'series', backtest!, '--risk', 'hrp', '-o', 'out/series.csv']),
      askingOf(({ dated }) => ['export', 'series', dated!, '-o', 'out/combination.csv']),
      askingOf(({ tournament }) => ['export', 'series', tournament!, '-o', 'out/tournament.csv']),
      askingOf(({ backtest }) => ['export', 'backtest', backtest!, '-o', 'out/backtest.json']),
      askingOf(({ pair }) => ['export', 'weights', pair!, '--risk', 'max_sharpe', '-o', 'out/none.csv']),
      askingOf(({ funds }) => ['produce', funds!, '--by-reference', '-o', 'out/produced.json']),
    ],
  },
  {
    name: 'nothing-recorded',
    commands: [
      asking('overlay', 'vol', '--positions', 'in/positions.csv', '--prices', 'in/futures.csv', '--parameters', 'in/overlays.json'),
      asking('overlay', 'macro', '--positions', 'in/positions.csv', '--prices', 'in/futures.csv', '--parameters', 'in/overlays.json'),
      asking('simulate', '--weights', 'in/weights.csv', '--prices', 'in/futures.csv', '--slippage-bp', '5'),
      asking('dlq', 'list', '--all'),
      asking('audit', 'integrity', '--prices', `in/funds-${last}.csv`),
    ],
  },
  {
    name: 'ledger',
    commands: [
      asking('ledger', 'seal'),
      asking('ledger', 'verify'),
      asking('ledger', 'prove', 'ledger@0'),
      asking('ledger', 'events', '--limit', '3'),
      asking('ledger', 'backup', '--to', 'out/backup.sqlite'),
      asking('ledger', 'copy', '--to', 'out/copy.sqlite'),
      asking('audit', 'export', '--all', '-o', 'out/audit.jsonl'),
      asking('audit', 'verify', 'out/audit.jsonl'),
      askingOf(({ pair }) => ['audit', 'bundle', pair!, '-o', 'out/bundle.zip']),
      asking('replay', '--bundle', 'out/bundle.zip'),
      asking('ledger', 'key', 'rotate', '--why', 'a drill'),
      asking('ledger', 'rebuild'),
    ],
  },
];

export const deskSteps: readonly DeskStep[] = [...recorded, ...asked];
