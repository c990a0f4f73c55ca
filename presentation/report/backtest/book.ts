import type { TestedProfileFacts } from '../../../domain/backtest-run/events.ts';
import { type Block, type Cell, cell, columns, decimal, facts, orNone, percent, smallPercent, table } from '../model/document.ts';

/** What trading cost: charged, and as it would have been sleeve by sleeve. */
export function bookFacts({ grossReturn, metrics, costs, turnover }: TestedProfileFacts): Block {
  return facts(
    ['Total, before costs and after', cell(`${percent(grossReturn)}, ${percent(metrics.total)}`)],
    ['Costs charged, netted by symbol', cell(`${smallPercent(costs.netted)} of equity in all`)],
    ['Costs sleeve by sleeve', cell(`${smallPercent(costs.perSleeve)}; saved by crossing: ${smallPercent(costs.crossingBenefit)}`)],
    [
      'First purchase',
      cell(`${percent(turnover.firstPurchaseTwoSided)} of assets, ${percent(turnover.firstAllocationTwoSided)} of sleeves`),
    ],
    [
      'Turnover behind it, two-sided',
      cell(`${percent(turnover.tradedTwoSided)} traded in assets, netted; ${percent(turnover.allocationTwoSided)} of sleeve targets`),
    ],
  );
}

type Baseline = TestedProfileFacts['baselines'][number];

function baselineRow(name: string, { metrics, costs, reason, lookAhead }: Omit<Baseline, 'name'>): Cell[] {
  const note = lookAhead ? cell('look-ahead by design', 'warn') : cell('');
  if (metrics === null || costs === null)
    return [cell(name), ...Array.from({ length: 8 }, () => cell('-', 'muted')), cell(`not run: ${reason}`, 'warn')];
  return [
    cell(name),
    cell(percent(metrics.total)),
    orNone(metrics.twrAnnualised, percent),
    orNone(metrics.volatility, percent),
    orNone(metrics.sharpe, (value) => decimal(value, 2)),
    cell(percent(metrics.maxDrawdown)),
    cell(smallPercent(costs.netted)),
    cell(smallPercent(costs.perSleeve)),
    cell(smallPercent(costs.crossingBenefit)),
    note,
  ];
}

/** What each baseline earned and paid, or why it was not run. */
export function baselinesTable({ baselines, metrics, costs }: TestedProfileFacts): Block {
  return table(
    'Baselines: in the same book, at the same closes, on the same rows',
    columns(
      'stream',
      'total#',
      'a year (TWR)#',
      'volatility#',
      'Sharpe#',
      'max drawdown#',
      'costs#',
      'costs sleeve by sleeve#',
      'saved by crossing#',
      'note',
    ),
    [
      baselineRow('recursive', { metrics, costs, reason: null, lookAhead: false }),
      ...baselines.map(({ name, ...own }) => baselineRow(name, own)),
    ],
  );
}
