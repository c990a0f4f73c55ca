import type { RecordedStage } from '../support/ledger-folder.ts';
import { firstDate } from './inputs.ts';

type Argv = readonly string[];
type Runs = Readonly<Record<string, string>>;

const risks = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight', 'market', 'benchmark'];
const metas = ['desk', 'checked', 'paced', 'nested', 'mixed', 'fleet'];

/** A question now, and as it was answered at the end of each stage. */
function atEachStage(argv: Argv, stages: readonly RecordedStage[]): Argv[] {
  return [argv, ...stages.map(({ position }) => [...argv, '--known-at', position])];
}

function weights(stages: readonly RecordedStage[]): Argv[] {
  const desk = ['weights', '--meta', 'desk'];
  return [
    ...metas.map((meta) => ['weights', '--meta', meta]),
    ...risks.map((risk) => [...desk, '--risk', risk, '--as-of', firstDate]),
    ...metas.map((meta) => ['weights', '--meta', meta, '--published']),
    [...desk, '--known-at', stages[2]!.at],
    ...atEachStage(desk, stages).slice(1),
    ['weights', '--meta', 'nowhere'],
  ];
}

function explain(stages: readonly RecordedStage[]): Argv[] {
  return [
    ...atEachStage(['explain', 'BINANCE:BTCUSDT', '--meta', 'desk'], stages),
    ['explain', 'AMEX:SPY', '--meta', 'nested'],
    ['explain', 'NYSE:AAA', '--meta', 'desk', '--risk', 'barbell', '--as-of', firstDate],
    ['explain', 'BINANCE:ETHUSDT', '--meta', 'fleet'],
  ];
}

function status(stages: readonly RecordedStage[]): Argv[] {
  return [
    ...atEachStage(['status'], stages),
    ['status', '--check'],
    ...metas.map((meta) => ['status', '--meta', meta]),
    ['status', '--known-at', stages[3]!.at],
  ];
}

function runsAndTimelines(runs: Runs, stages: readonly RecordedStage[]): Record<string, Argv[]> {
  return {
    runs: [...atEachStage(['runs'], stages), ['runs', '--name', 'coins'], ['runs', '--as-of', firstDate]],
    timeline: Object.values(runs).map((run) => ['timeline', run]),
  };
}

function comparisons(runs: Runs): Record<string, Argv[]> {
  const { deskFirst, deskSecond, restated, restatement, fleet } = runs as Record<string, string>;
  return {
    diff: [
      ['diff', deskFirst!, deskSecond!],
      ['diff', deskFirst!, deskSecond!, '--risk', 'hrp,risk_parity'],
      ['diff', restated!, restatement!],
    ],
    counterfactual: [
      ['counterfactual', deskFirst!, '--set', 'meta_allocation.max_weight=0.6', '--risk', 'hrp'],
      ['counterfactual', deskSecond!, '--drop-sleeve', 'coins'],
      ['counterfactual', fleet!, '--set', 'risk.hrp.linkage=single'],
    ],
  };
}

const weightsOf = (run: string, risk: string, name: string): Argv => ['export', 'weights', run, '--risk', risk, '-o', `out/${name}`];
const returnsOf = (run: string, risk: string, name: string): Argv => ['export', 'returns', run, '--risk', risk, '-o', `out/${name}`];

function exported(runs: Runs): Record<string, Argv[]> {
  const { stocksRepaired, deskFirst, imported, nestedSecond } = runs as Record<string, string>;
  return {
    'export-weights': [
      weightsOf(stocksRepaired!, 'hrp', 'sleeve-weights.csv'),
      weightsOf(deskFirst!, 'barbell', 'meta-weights.csv'),
      weightsOf(imported!, 'max_sharpe', 'imported-weights.csv'),
      weightsOf(nestedSecond!, 'hrp', 'nested-weights.csv'),
    ],
    'export-returns': [
      returnsOf(stocksRepaired!, 'min_variance', 'sleeve-returns.csv'),
      returnsOf(deskFirst!, 'hrp', 'meta-returns.csv'),
      returnsOf(imported!, 'hrp', 'imported-returns.csv'),
    ],
    produce: [['produce', stocksRepaired!, '--by-reference', '-o', 'out/produced.json']],
    report: [['report', deskFirst!, '-o', 'out']],
    'audit-export': [['audit', 'export', '--run', deskFirst!, '-o', 'out/run.jsonl']],
  };
}

/** Every question that the recorded ledger is asked, by the file that keeps the answers. */
export function queriesOf(runs: Runs, stages: readonly RecordedStage[]): Readonly<Record<string, readonly Argv[]>> {
  const trades = ['trades', '--meta', 'desk', '--holdings', 'inputs/holdings.csv', '--capital', '1000000'];
  const letters = ['dlq', 'list'];
  return {
    weights: weights(stages),
    explain: explain(stages),
    status: status(stages),
    ...runsAndTimelines(runs, stages),
    trades: [trades, [...trades, '--known-at', stages[2]!.position]],
    ...comparisons(runs),
    'dlq-list': [...atEachStage([...letters, '--all'], stages), letters, [...letters, '--sleeve', 'desk_last']],
    'parity-check': [
      ...metas.map((meta) => ['parity', 'check', '--meta', meta]),
      ['parity', 'check', '--meta', 'desk', '--as-of', firstDate],
      ['parity', 'check', '--meta', 'mixed', '--known-at', stages[4]!.position],
    ],
    'ledger-prove': [
      ['ledger', 'prove', 'ledger@0'],
      ['ledger', 'prove', `metaRun-${runs['deskFirst']}@3`],
      ['ledger', 'prove', 'sleeve-coins@1'],
    ],
    ...exported(runs),
    replay: [
      ['replay', runs['deskFirst']!],
      ['replay', runs['imported']!],
    ],
    'ledger-verify': [['ledger', 'verify']],
  };
}
