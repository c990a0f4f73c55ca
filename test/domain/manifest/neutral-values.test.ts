import { expect, test } from '@jest/globals';
import { neutralLeaves } from '../../../domain/manifest/neutral-values.ts';
import golden from '../../golden/manifest/neutral-leaves.json' with { type: 'json' };

test('the neutral values that are recorded stay as they are: lines are added behind them, never edited', () => {
  expect(neutralLeaves.slice(0, golden.length)).toEqual(golden);
});
