import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { ContributionHistory } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import {
  type Block,
  type Cell,
  cell,
  code,
  columns,
  decimal,
  orNone,
  paragraph,
  percent,
  type StackBlock,
  table,
} from '../model/document.ts';

/** Areas that are drawn one by one; what is left is one more. */
const areasMax = 7;
/** Assets that a table of shares lists. */
const listedMax = 15;

interface Rows {
  readonly ids: readonly string[];
  readonly rows: readonly { readonly date: string; readonly numbers: readonly number[] }[];
}

/** Places of the ids by their mean size over the rows, greatest first. */
function bySize({ ids, rows }: Rows): number[] {
  const size = ids.map((_, place) => rows.reduce((sum, { numbers }) => sum + Math.abs(numbers[place]!), 0));
  return ids.map((_, place) => place).toSorted((left, right) => size[right]! - size[left]! || left - right);
}

type StackWords = Pick<StackBlock, 'id' | 'caption'>;

/** Shares from each decision to the next, the last up to a date. */
function stackOf(history: Rows, { id, caption }: StackWords, until: string): StackBlock {
  const { ids, rows } = history;
  const order = bySize(history);
  const [shown, left] = [order.slice(0, areasMax), order.slice(areasMax)];
  const series = shown.map((place) => ({ name: ids[place]!, values: rows.map(({ numbers }) => numbers[place]!) }));
  const others = {
    name: `${left.length} others`,
    values: rows.map(({ numbers }) => left.reduce((sum, place) => sum + numbers[place]!, 0)),
  };
  const drawn = left.length === 0 ? series : [...series, others];
  const last = rows.at(-1)!;
  const lasts = until > last.date;
  const held = (values: readonly number[]): readonly number[] => (lasts ? [...values, values.at(-1)!] : values);
  const told = shown.map((place) => `${ids[place]} ${percent(last.numbers[place]!)}`);
  return {
    kind: 'stack',
    id,
    caption,
    description: `${rows.length} decisions from ${rows[0]!.date} to ${last.date}; in the last one ${told.join(', ')}.`,
    legend: drawn.map(({ name }) => name),
    dates: [...rows.map(({ date }) => date), ...(lasts ? [until] : [])],
    series: drawn.map(({ name, values }) => ({ name, values: held(values) })),
  };
}

/** Target weights over time, how much they moved, and how steady each was. */
export function weightsBlocks({ weights, portfolio }: TearSheet, id: string): Block[] {
  if (weights === null) return [];
  const { history, turnover, stability } = weights;
  const rows = { ids: history.ids, rows: history.decisions.map((decision) => ({ date: decision.date, numbers: decision.weights })) };
  const last = rows.rows.at(-1)!;
  const order = bySize(rows).slice(0, listedMax);
  const mean = turnover.mean === null ? 'one decision only' : `${percent(turnover.mean)} per decision on average`;
  return [
    stackOf(rows, { id: `weights-${id}`, caption: `Weights of ${history.of} from each decision to the next` }, portfolio.performance.last),
    table(
      `Weights of ${history.of}${order.length < history.ids.length ? `, the ${order.length} largest of ${history.ids.length}` : ''}`,
      columns('id', 'last#', 'mean#', 'standard deviation over time#'),
      order.map((place): Cell[] => [
        code(history.ids[place]!),
        cell(percent(last.numbers[place]!)),
        cell(percent(rows.rows.reduce((sum, { numbers }) => sum + numbers[place]!, 0) / rows.rows.length)),
        orNone(stability[place]!, percent),
      ]),
    ),
    paragraph(`Targets moved by ${mean}, two-sided, after a first purchase of ${percent(turnover.firstPurchase)}.`),
  ];
}

const kindWords: Record<ContributionHistory['kind'], string> = {
  optimiser: "ex ante, by the optimisers' own covariances",
  joint: 'ex ante, by one covariance of all assets',
  realised: 'realised, by the returns that came about',
};

const captionOf = ({ kind, of }: ContributionHistory): string =>
  `Contribution to risk by ${of === 'assets' ? 'asset' : 'sleeve'}, ${kindWords[kind]}`;

/** Its shares at the last date, by id. */
function lastOf(history: ContributionHistory): ReadonlyMap<string, number> {
  return new Map(history.ids.map((id, place) => [id, history.rows.at(-1)!.shares[place]!]));
}

function sharesTable(contributions: readonly ContributionHistory[], of: ContributionHistory['of']): Block[] {
  const found = contributions.filter((history) => history.of === of && history.rows.length > 0);
  const [first] = found;
  if (first === undefined) return [];
  const lasts = found.map(lastOf);
  const order = bySize({ ids: first.ids, rows: first.rows.slice(-1).map(({ date, shares }) => ({ date, numbers: shares })) });
  const listed = order.slice(0, listedMax);
  const one = of === 'assets' ? 'asset' : 'sleeve';
  const meanings = found.map(({ kind }) => `${kind}: ${kindWords[kind]}`).join('; ');
  return [
    table(
      `Contribution to risk by ${one}${listed.length < order.length ? `, the ${listed.length} largest of ${order.length}` : ''}`,
      columns(one, ...found.map(({ kind }) => `${kind}#`)),
      listed.map((place): Cell[] => {
        const id = first.ids[place]!;
        return [code(id), ...lasts.map((shares) => orNone(shares.get(id) ?? null, percent))];
      }),
    ),
    paragraph(`Shares of the volatility, which add up to 1; a negative one lowers it. ${meanings}.`, 'muted'),
  ];
}

/** Who carries the risk, at the last decision and over time. */
export function riskBlocks({ contributions, portfolio }: TearSheet, id: string): Block[] {
  if (contributions === null) return [];
  const hasJoint = contributions.some(({ kind, of }) => kind === 'joint' && of === 'assets');
  // Between assets of several sleeves one covariance of all of them says more; both are in the tables.
  const overTime = contributions.filter(({ kind, of, rows }) => rows.length > 1 && !(hasJoint && kind === 'optimiser' && of === 'assets'));
  return [
    ...sharesTable(contributions, 'sleeves'),
    ...sharesTable(contributions, 'assets'),
    ...overTime.map((history) =>
      stackOf(
        { ids: history.ids, rows: history.rows.map(({ date, shares }) => ({ date, numbers: shares })) },
        { id: `risk-${history.kind}-${history.of}-${id}`, caption: captionOf(history) },
        portfolio.performance.last,
      ),
    ),
  ];
}

/** Sample correlations between what is held. */
export function correlationTable({ correlations }: TearSheet): Block[] {
  if (correlations === null) return [];
  const { ids, values, basis } = correlations;
  return [
    table(
      `Correlations (${basis})`,
      columns('id', ...ids.map((id) => `${id}#`)),
      ids.map((id, row) => [
        cell(id),
        ...ids.map((_, column) => cell(row === column ? '1' : decimal(values[row * ids.length + column]!, 2))),
      ]),
    ),
  ];
}
