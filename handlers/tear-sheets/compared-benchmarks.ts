import type { EventData } from '../../domain/catalogue.ts';
import {
  annualisationDays,
  calendarOfSymbol,
  calendarsOf,
  isAllowed,
  isRoundTheClock,
  knownCalendarOf,
} from '../../domain/returns/calendar.ts';
import { lacksGridDates } from '../../domain/returns/grid.ts';
import { mergePriceTables } from '../../domain/returns/prices.ts';
import type { PriceInput } from '../../domain/run/price-input.ts';
import type { TearSheetInput } from '../../domain/tear-sheet/tear-sheet-input.ts';
import type { Artifacts } from '../ports/ports.ts';
import { recordedPrices } from '../replay/rebuild-sleeve-run.ts';

type Opened = EventData<'SleeveRunOpened'>;
type Formed = EventData<'UniverseFormed'>;

const tradesAlways = (symbol: string): boolean => {
  const calendar = knownCalendarOf(symbol);
  return calendar !== null && isRoundTheClock(calendar);
};

/**
 * Benchmarks of a sleeve that trades round the clock which other sessions price, as the run read them: they are no market of it, for they
 * have no price on its weekends. Undefined where there is none. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function comparedBenchmarks(
  artifacts: Artifacts,
  { inputs }: Opened,
  { kept, benchmarks }: Formed,
): Promise<TearSheetInput['compared']> {
  const symbols = kept.map(({ symbol }) => symbol);
  const compared = benchmarks.absent.filter(lacksGridDates).map(({ symbol }) => symbol);
  if (compared.length === 0 || !symbols.every(tradesAlways)) return undefined;
  const files = await recordedPrices(
    artifacts,
    inputs.filter((input): input is PriceInput => input.role === 'prices'),
  );
  const table = mergePriceTables(files);
  const closes = compared.map((id) => {
    const calendar = calendarOfSymbol(id);
    const prices = table.closes[table.symbols.indexOf(id)]!;
    const own = prices.map((close, row) => (isAllowed(calendar, table.dates[row]!) ? close : Number.NaN));
    return { id, dates: table.dates, closes: own };
  });
  return { closes, annualisationDays: annualisationDays(calendarsOf([...symbols, ...compared])) };
}
