import { describe, expect, test } from '@jest/globals';
import { requireSleeveGross } from '../../../domain/allocation/sleeve-gross.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import { refusalOf } from '../../support/refusal.ts';
import { deliveredRun } from '../../support/delivered-runs.ts';

const profiles = {
  plain: {},
  levered: { risk: { gross_max: 2 } },
  below: {
    sleeves: [
      { id: 'l', profile: 'levered' },
      { id: 'p', profile: 'plain' },
    ],
  },
  whole: { sleeves: [{ id: 'n', meta_profile: 'below' }] },
};
const node = resolveMeta(parseManifest(JSON.stringify({ profiles })), 'whole');

const act = (path: string, gross: number | null, consumed: readonly RiskProfile[] = ['hrp']) => {
  const run = deliveredRun('x', 1, { risks: ['hrp'] });
  const weights =
    gross === null
      ? null
      : [
          { symbol: 'NYSE:A', weight: gross / 2 },
          { symbol: 'NYSE:B', weight: -gross / 2 },
        ];
  const streams = new Map([...run.streams].map(([risk, stream]) => [risk, { ...stream, weights }]));
  return (): void => requireSleeveGross(node, new Map([[path, { ...run, streams }]]), consumed);
};

describe('the weights that a sleeve brings into a portfolio', () => {
  test.each([
    ['n/p', 1, ['hrp']],
    ['n/p', 1.05, ['hrp']],
    ['n/l', 2, ['hrp']],
    ['n/p', null, ['hrp']],
    // Nobody consumes them, or no sleeve of the portfolio has them.
    ['n/p', 3, ['barbell']],
    ['p', 3, ['hrp']],
  ] as const)('of %s may have a gross exposure of %d under %j', (path, gross, consumed) => {
    expect(act(path, gross, consumed)).not.toThrow();
  });

  test.each([
    ['n/p', 1.2],
    ['n/p', 0],
    ['n/l', 2.2],
  ])('of %s may not have one of %d, and the refusal names sleeve and run', (path, gross) => {
    const { code, message } = refusalOf(act(path, gross));
    expect(code).toBe('WeightsRefused');
    expect(message).toContain(`hrp of sleeve ${path} (run x-run)`);
  });
});
