import type { EventData } from '../../domain/catalogue.ts';
import { type WindowRegimes, windowRegimes, type WindowRegimesInput } from '../../domain/regime/window-regimes.ts';
import { planWindows } from '../../domain/walk-forward/walk-forward.ts';
import { seeded } from './figures.ts';

/** A market that is calm at first and wild for its last third, with its windows of 60 and 20 rows. */
export function turningMarket(rows = 320, spectral: WindowRegimesInput['spectral'] = 'off'): WindowRegimesInput {
  const random = seeded(11);
  const size = (row: number): number => (row < (2 * rows) / 3 ? 0.004 : 0.03);
  const plan = { trainWindow: 60, testWindow: 20, stepSize: 20 };
  return {
    market: Float64Array.from({ length: rows }, (_, row) => size(row) * (random() + random() + random() - 1.5)),
    dates: Array.from({ length: rows }, (_, row) => new Date(Date.UTC(2022, 0, 3 + row)).toISOString().slice(0, 10)),
    windows: planWindows(rows, plan, 'trade').windows,
    annualisationDays: 252,
    spectral,
  };
}

export function turningRegimes(): WindowRegimes {
  return windowRegimes(turningMarket());
}

export const regimeFacts = {
  detected: (change: Partial<EventData<'RegimesDetected'>> = {}): EventData<'RegimesDetected'> => ({
    spectral: 'off',
    windows: 2,
    decisions: { QUIET: 1, NORMAL: 1, TURBULENT: 0, CRISIS: 0 },
    unreachable: { QUIET: 0, NORMAL: 0, TURBULENT: 2, CRISIS: 2 },
    live: { rows: 100, label: 'QUIET', score: 0.6, quadrant: 'EXPANSION', unreachable: ['TURBULENT', 'CRISIS'] },
    realised: { compared: 2, differing: 1, shareDiffering: 0.5 },
    detail: { kind: 'document', sha256: 'd'.repeat(64), bytes: 2, mediaType: 'application/json' },
    ...change,
  }),
};
