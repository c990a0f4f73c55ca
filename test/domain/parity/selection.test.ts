/** What parity compares of sleeves that select: what acts, whoever wrote it (docs/explanation/parity.md#leaves). */
import { describe, expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { leavesToCompare, parityLeaves } from '../../../domain/parity/leaves.ts';
import { checkParity, type ParitySleeve } from '../../../domain/parity/parity.ts';
import { parityPolicy } from '../../../domain/parity/policy.ts';
import { unstatedLeaves } from '../../../domain/manifest/recorded-settings.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';

const dynamicUniverse = 'backtest.dynamic_universe';
type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const resolvedOf = (blocks: Blocks) => resolveProfile(parseManifest(JSON.stringify({ profiles: { p: blocks } })), 'p');

/** The verdict on two sleeves of these settings; the second trades round the clock where `calendarClass` says so. */
function compared(blocks: readonly [Blocks, Blocks], calendarClass: ParitySleeve['calendarClass'] = 'tradfi', rules = rulesInForce) {
  const resolved = blocks.map(resolvedOf);
  const leaves = leavesToCompare(resolved.map((one) => ({ parityLeaves: parityLeaves(one, 'id'), unstated: unstatedLeaves(one) })));
  const sleeve = (id: string, index: number): ParitySleeve => ({
    id,
    calendarClass: index === 0 ? 'tradfi' : calendarClass,
    leaves: leaves[index]!,
    selectionMode: resolved[index]!.selectionMode.value,
  });
  return checkParity({
    sleeves: [sleeve('funds', 0), sleeve('other', 1)],
    policy: parityPolicy({ mandate: 'warn', exceptions: [] }, rules),
  });
}

const selecting = (more: Blocks = {}): Blocks => ({ ...more, selection: { selection_mode: 'v4', ...more['selection'] } });
const fixed = selecting({ backtest: { dynamic_universe: false } });

const exceptedPaths = (rules: number) => parityPolicy({ mandate: 'warn', exceptions: [] }, rules).exceptions.map(({ path }) => path);

describe('parity of sleeves that select', () => {
  test('tells a static universe from one that nobody wrote to be dynamic', () => {
    expect(compared([selecting(), fixed])).toMatchObject({ verdict: 'NON_CONFORMANT', rejectedPaths: [dynamicUniverse] });
  });

  test('finds a universe that is written to be dynamic equal to one that is so unwritten', () => {
    expect(compared([selecting(), selecting({ backtest: { dynamic_universe: true } })]).verdict).toBe('CONFORMANT');
  });

  test('excepts a coin sleeve that selects once, beside sleeves that select in each window', () => {
    const { verdict, leaves } = compared([selecting(), fixed], 'crypto');
    expect([verdict, leaves.find(({ path }) => path === dynamicUniverse)?.status]).toEqual(['CONFORMANT_WITH_EXCEPTIONS', 'excepted']);
  });

  test('does not except the reverse: funds that select once beside coins that select in each window', () => {
    const { leaves } = compared([fixed, selecting()], 'crypto');
    expect(leaves.find(({ path }) => path === dynamicUniverse)).toMatchObject({ status: 'violated', wrongException: true });
  });

  test('knew no exception for it under rules 1, whose policy stays what was recorded', () => {
    expect(compared([selecting(), fixed], 'crypto', 1).rejectedPaths).toEqual([dynamicUniverse]);
    expect(exceptedPaths(1)).not.toContain(dynamicUniverse);
    expect(exceptedPaths(2)).toEqual([...exceptedPaths(1), dynamicUniverse]);
  });

  test('compares the score that acts: LogMPS is the same, said or not', () => {
    expect(compared([selecting(), selecting({ features: { feat_selection_logmps: true } })]).verdict).toBe('CONFORMANT');
  });

  test('tells modes apart, and with them the score', () => {
    expect(compared([selecting(), selecting({ selection: { selection_mode: 'v3' } })]).rejectedPaths).toEqual([
      'features.feat_selection_logmps',
      'selection.selection_mode',
    ]);
  });

  test.each<[string, Blocks, string]>([
    ['both readings', { selection: { reading: 'documents' } }, 'selection.reading'],
    ['rules read otherwise', { selection: { readings: ['relaxation=origin'] } }, 'selection.readings'],
    ['directions', { features: { feat_short_direction: true } }, 'features.feat_short_direction'],
    ['vetoes', { features: { feat_predictability_vetoes: false } }, 'features.feat_predictability_vetoes'],
  ])('compares %s', (_, more, path) => {
    expect(compared([selecting(), selecting(more)]).rejectedPaths).toEqual([path]);
  });

  test('leaves sleeves that select nothing as they were: what is written is compared', () => {
    expect(parityLeaves(resolvedOf({}), 'id')).toMatchObject({ [dynamicUniverse]: false, 'features.feat_selection_logmps': false });
    expect(compared([{}, { backtest: { dynamic_universe: true } }]).rejectedPaths).toEqual([dynamicUniverse]);
  });
});
