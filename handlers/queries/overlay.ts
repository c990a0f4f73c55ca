import { applyOverlays, type Overlaid, type OverlayInput } from '../../domain/overlay/overlays.ts';
import { type Overlays, overlaysOf } from '../../domain/overlay/parameters.ts';
import { admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { jsonTooHeavy } from '../../domain/shared/json-weight.ts';
import { ofWeights, tableOf } from './dated-files.ts';

/** The parameters of a file: JSON, with `overlays` or what stands in it. Errors: SchemaViolation, naming the field. */
export function overlayParameters(text: string, file: string): Overlays {
  const heavy = jsonTooHeavy(text);
  if (heavy !== null) throw new LedgerError('SchemaViolation', `${file}: ${heavy}`, { at: { file } });
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (cause) {
    throw new LedgerError('SchemaViolation', `${file}: ${(cause as Error).message}`, { at: { file }, cause });
  }
  const block = typeof written === 'object' && written !== null && 'overlays' in written ? written.overlays : written;
  return overlaysOf(block, file);
}

export interface OverlayQuestion extends Omit<OverlayInput, 'positions' | 'prices'> {
  readonly positions: PriceFile;
  readonly prices: readonly PriceFile[];
  /** The present instant, after whose tomorrow no price is taken. */
  readonly now: string;
}

/** Applies overlays to a file of positions. Nothing is recorded and no ledger is asked. Errors: those of `applyOverlays`, DateInFuture. */
export function overlayFiles({ positions, prices, now, ...rest }: OverlayQuestion): Overlaid {
  admitPriceDates(prices, latestDateAt(now));
  try {
    return applyOverlays({ ...rest, positions: tableOf([positions]), prices: tableOf(prices) });
  } catch (error) {
    throw ofWeights(positions, error);
  }
}
