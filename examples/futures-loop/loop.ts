import { applyOverlays, combine, type Overlaid, overlaysOf, type Simulation, simulateWeights } from '../../bin/library.ts';
import { carry, crossSection, positionsOf, trend } from './signals.ts';
import { columnsOf, type Table, tableOf } from './tables.ts';

/** Futures with few gaps in their prices, of every kind. */
const universe = [
  ...['CBOT:TN1!', 'CBOT:UB1!', 'CBOT:ZL1!', 'CBOT:ZM1!', 'CBOT:ZN1!', 'CBOT:ZS1!', 'CBOT:ZT1!', 'CBOT_MINI:YM1!', 'CME:6B1!', 'CME:6N1!'],
  ...[
    'CME:GF1!',
    'CME:HE1!',
    'CME:LE1!',
    'CME_MINI:ES1!',
    'CME_MINI:RTY1!',
    'COMEX:GC1!',
    'COMEX:HG1!',
    'ICEEUR:BRN1!',
    'ICEUS:CC1!',
    'NYMEX:HO1!',
  ],
];

/** Risk budgets of the sleeves, as the document has them. */
export const budgets = {
  'two sleeves, 60/40': { trend: 0.6, crossSection: 0.4 },
  'three sleeves, 50/30/20': { trend: 0.5, crossSection: 0.3, carry: 0.2 },
} as const;

export const orders = { 'vol, then macro': ['vol', 'macro'], 'macro, then vol (the document)': ['macro', 'vol'] } as const;

type SleeveName = 'trend' | 'crossSection' | 'carry';

export interface Looped {
  readonly sleeves: Readonly<Record<SleeveName, Overlaid>>;
  readonly combined: Readonly<Record<keyof typeof budgets, Simulation>>;
}

/** Positions of sleeves combined by their budgets, on the dates that all of them have. */
function combinedOf(sleeves: Readonly<Record<string, Overlaid>>, shares: Readonly<Record<string, number>>): Table {
  const names = Object.keys(shares);
  const byDate = names.map((name) => new Map(sleeves[name]!.decisions.map(({ date, weights }) => [date, weights])));
  const dates = sleeves[names[0]!]!.decisions.map(({ date }) => date).filter((date) => byDate.every((rows) => rows.has(date)));
  const rows = dates.map((date) => {
    const positions = names.map((name, at) => [name, Object.fromEntries(universe.map((asset, i) => [asset, byDate[at]!.get(date)![i]!]))]);
    const { totalWeights } = combine(Object.fromEntries(positions), shares);
    return universe.map((asset) => totalWeights[asset]!);
  });
  return tableOf(dates, universe, rows);
}

/** The document's loop: signals, overlays, budgets, execution. */
export function loop(prices: Table, carries: Table, order: readonly ('vol' | 'macro')[]): Looped {
  const traded = columnsOf(prices, universe);
  const signals = { trend: trend(traded), crossSection: crossSection(traded), carry: carry(carryOn(prices.dates, carries)) };
  const parameters = overlaysOf({ order, vol: { target_vol: 0.1, bounds: [-1.5, 1.5] } });
  const overlay = (name: SleeveName): Overlaid => applyOverlays({ positions: positionsOf(traded, signals[name]), prices, parameters });
  const sleeves = { trend: overlay('trend'), crossSection: overlay('crossSection'), carry: overlay('carry') };
  const executed = (shares: Readonly<Record<string, number>>): Simulation =>
    simulateWeights({
      weights: combinedOf(sleeves, shares),
      market: { kind: 'prices', table: prices },
      settings: { slippageFraction: 0.0005 },
    });
  return {
    sleeves,
    combined: {
      'two sleeves, 60/40': executed(budgets['two sleeves, 60/40']),
      'three sleeves, 50/30/20': executed(budgets['three sleeves, 50/30/20']),
    },
  };
}

/** Carry on the rows of the prices; a date without one is empty. */
function carryOn(dates: readonly string[], carries: Table): Table {
  const rowOf = new Map(carries.dates.map((date, row) => [date, row]));
  const { values } = columnsOf(carries, universe);
  return {
    dates,
    columns: universe,
    values: values.map((series) => Float64Array.from(dates, (date) => series[rowOf.get(date) ?? -1] ?? Number.NaN)),
  };
}
