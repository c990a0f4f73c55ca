import { isAllowed } from '../../domain/returns/calendar.ts';
import { addDays } from '../../domain/returns/days.ts';
import type { PriceTable } from '../../domain/returns/series.ts';
import { seededRandom } from './random.ts';
import { type SimulatedSleeve, type SimulatedSymbol, simulatedSleeves } from './universe.ts';

export const simulation = { seed: 20_250_619, first: '2023-05-01', last: '2025-06-30' } as const;

/** Yearly volatility and drift of the factors. */
const factors = {
  equity: { volatility: 0.16, drift: 0.08 },
  rate: { volatility: 0.075, drift: 0.01 },
  coin: { volatility: 0.52, drift: 0.3 },
} as const;
const daysPerYear = { XNYS: 252, XCRY: 365 } as const;

interface FactorDay {
  readonly date: string;
  readonly equity: number;
  readonly rate: number;
  readonly coin: number;
}

/** Factor returns of every calendar day; equity and rates stand still where New York is closed. Volatility comes in spells. */
function factorDays(seed: number): FactorDay[] {
  const random = seededRandom(seed);
  const days: FactorDay[] = [];
  let spell = 1;
  for (let date: string = simulation.first; date <= simulation.last; date = addDays(date, 1)) {
    spell = Math.max(0.6, Math.min(1.9, 1 + 0.96 * (spell - 1) + 0.05 * random.normal()));
    const open = isAllowed('XNYS', date);
    const draw = (factor: keyof typeof factors, perYear: number): number => {
      const { volatility, drift } = factors[factor];
      return drift / perYear + (spell * volatility * random.normal()) / Math.sqrt(perYear);
    };
    const equity = draw('equity', 252);
    const rate = draw('rate', 252);
    const coin = draw('coin', 365);
    days.push({ date, equity: open ? equity : 0, rate: open ? rate : 0, coin });
  }
  return days;
}

function pathOf(
  { start, equityBeta, rateBeta, coinBeta, ownVolatility, drift }: SimulatedSymbol,
  days: readonly FactorDay[],
  calendar: SimulatedSleeve['calendar'],
  seed: number,
): Float64Array {
  const random = seededRandom(seed);
  const perYear = daysPerYear[calendar];
  const digits = start < 5 ? 10_000 : 100;
  let price = start;
  return Float64Array.from(days, ({ equity, rate, coin }) => {
    const own = drift / perYear + (ownVolatility * random.normal()) / Math.sqrt(perYear);
    price *= 1 + equityBeta * equity + rateBeta * rate + coinBeta * coin + own;
    return Math.round(price * digits) / digits;
  });
}

/**
 * Daily closes of three sleeves on their own calendars, from a factor model: market, rates and coins, plus what is each symbol's own.
 * The same on every machine; no market ever printed these prices.
 */
export function simulatePrices(seed: number = simulation.seed): { readonly file: string; readonly table: PriceTable }[] {
  const every = factorDays(seed);
  let stream = 0;
  return simulatedSleeves.map(({ file, calendar, symbols }) => {
    const days = every.filter(({ date }) => isAllowed(calendar, date));
    const closes = symbols.map((symbol) => pathOf(symbol, days, calendar, seed + 7919 * ++stream));
    return { file, table: { dates: days.map(({ date }) => date), symbols: symbols.map(({ symbol }) => symbol), closes } };
  });
}
