import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { windowRegimesSchema } from '../../../domain/regime/reading-schemas.ts';
import { detectRegime } from '../../../domain/regime/regime.ts';
import { regimeSummary } from '../../../domain/regime/regime-summary.ts';
import { windowRegimes } from '../../../domain/regime/window-regimes.ts';
import { turningMarket, turningRegimes } from '../../support/regime-facts.ts';

const market = turningMarket();
const found = turningRegimes();

describe('the regimes of a walk-forward', () => {
  test('are one for each window and one for the live decision, of which nothing is realised', () => {
    expect(found.windows.map(({ index }) => index)).toEqual(market.windows.map((_, index) => index));
    expect(found.live.realised).toBeNull();
    expect(found.live.decision).toEqual({
      first: market.dates[320 - 252],
      last: market.dates[319],
      reading: detectRegime(market.market, 252, 'off'),
    });
  });

  test('read up to 252 rows before each decision, whatever the training window is', () => {
    expect(found.windows.map(({ decision }) => decision.reading.rows)).toEqual([
      60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 252, 252, 252,
    ]);
    found.windows.forEach(({ decision }, index) => {
      const { testFirst } = market.windows[index]!;
      expect([decision.first, decision.last]).toEqual([market.dates[Math.max(0, testFirst - 252)], market.dates[testFirst - 1]]);
      expect(decision.reading).toEqual(detectRegime(market.market.subarray(0, testFirst), 252, 'off'));
    });
  });

  test('have beside each decision the rows that its window earned, and nothing else', () => {
    found.windows.forEach(({ realised }, index) => {
      const { testFirst, testEnd } = market.windows[index]!;
      expect([realised.first, realised.last]).toEqual([market.dates[testFirst], market.dates[testEnd - 1]]);
      expect(realised.reading).toEqual(detectRegime(market.market.slice(testFirst, testEnd), 252, 'off'));
    });
  });

  test('fit the schema of the document that holds them, under every flag', () => {
    for (const spectral of ['off', 'noise', 'origin'] as const) {
      const regimes = windowRegimes(turningMarket(320, spectral));
      expect(windowRegimesSchema.parse(JSON.parse(JSON.stringify(regimes)))).toEqual(regimes);
    }
  });

  test('of a market that never moves say what could not be evaluated, and fit the schema too', () => {
    const still = windowRegimes({ ...market, market: new Float64Array(320) });
    expect(windowRegimesSchema.parse(JSON.parse(JSON.stringify(still)))).toEqual(still);
    expect(still.live.decision.reading.notEvaluated).toContain('unit_root');
  });

  test('whatever the future brings, no decision changes before it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 19 }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        (window, row, move) => {
          const changed = market.market.slice();
          const planted = Math.min(changed.length - 1, market.windows[window]!.testFirst + row);
          changed[planted] = move;
          const after = windowRegimes({ ...market, market: changed });
          const before = found.windows.filter((_, index) => market.windows[index]!.testFirst <= planted).map(({ decision }) => decision);
          expect(after.windows.slice(0, before.length).map(({ decision }) => decision)).toEqual(before);
        },
      ),
      { numRuns: 5 },
    );
  });
});

describe('their summary', () => {
  const summary = regimeSummary(found);

  test('counts the labels of the decisions, and those that too few rows could not have', () => {
    const labels = found.windows.map(({ decision }) => decision.reading.label);
    for (const [label, count] of Object.entries(summary.decisions)) expect(labels.filter((one) => one === label)).toHaveLength(count);
    expect([summary.windows, summary.decisions.CRISIS > 0]).toEqual([13, true]);
    // √(59/9) .35 + .8 is 1.70, √(79/9) .35 + .8 is 1.84: of the first window alone no row can say CRISIS.
    expect(summary.unreachable).toEqual({ QUIET: 0, NORMAL: 0, TURBULENT: 13, CRISIS: 1 });
  });

  test('takes the live decision from the last rows', () => {
    const { label, score, quadrant } = found.live.decision.reading;
    expect(summary.live).toEqual({ rows: 252, label, score, quadrant, unreachable: ['TURBULENT'] });
  });

  test('compares decision and hindsight in the windows that have rows enough for both', () => {
    const both = found.windows.slice(0, 13).filter(({ realised }) => realised.reading.rows >= 20);
    const differing = both.filter(({ decision, realised }) => decision.reading.label !== realised.reading.label).length;
    expect(summary.realised).toEqual({ compared: both.length, differing, shareDiffering: differing / both.length });
    expect(differing).toBeGreaterThan(0);
  });

  test('says nothing of hindsight where every window is too short for a label', () => {
    const short = market.windows.map(({ testFirst }) => ({ testFirst, testEnd: testFirst + 10 }));
    expect(regimeSummary(windowRegimes({ ...market, windows: short })).realised).toEqual({
      compared: 0,
      differing: 0,
      shareDiffering: null,
    });
  });
});
