/** Under maker_checker nothing is computed that looks like the portfolio's own and rests on a definition that nobody approved. */
import { describe, expect, test } from '@jest/globals';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { requireApprovedPortfolio, requireApprovedSleeve } from '../../../handlers/commands/approved-definition.ts';
import { memoryLedger } from '../replay/world.ts';
import { changed, openSmallDesk, smallDesk } from './small-desk.ts';

const bounds = (min: number) => ({ meta_allocation: { profile: 'hrp', min_weight: min, max_weight: 0.9 } });
const otherwise = (meta: string, instead: string, waits: string): string =>
  `${meta} is under maker_checker and the manifest defines it otherwise: ${instead}, and ${waits}`;
const unproposed = 'nobody has proposed it: `manifest apply`';

describe('a portfolio', () => {
  test('that the ledger does not know is computed as the manifest has it', async () => {
    await expect(requireApprovedPortfolio(memoryLedger().session, smallDesk(), 'strict')).resolves.toBeUndefined();
  });

  test('is computed as it is in force', async () => {
    const session = await openSmallDesk();
    await expect(requireApprovedPortfolio(session, smallDesk(), 'strict')).resolves.toBeUndefined();
    await expect(requireApprovedPortfolio(session, smallDesk(), 'free')).resolves.toBeUndefined();
  });

  test('without maker_checker is computed as anybody changes it', async () => {
    const session = await openSmallDesk();
    await expect(requireApprovedPortfolio(session, smallDesk(changed('free', bounds(0.1))), 'free')).resolves.toBeUndefined();
  });

  test('that was changed and not proposed is refused', async () => {
    const session = await openSmallDesk();
    await expect(requireApprovedPortfolio(session, smallDesk(changed('strict', bounds(0.1))), 'strict')).rejects.toMatchObject({
      code: 'DefinitionUnapproved',
      message: otherwise('strict', 'definition 1 is in force', unproposed),
      evidence: { meta: 'strict', inForce: 1, proposed: null },
    });
  });

  test('that was changed so that it asks for nobody any more is refused as well', async () => {
    const session = await openSmallDesk();
    const eased = smallDesk(changed('strict', { publication: { maker_checker: false } }));
    await expect(requireApprovedPortfolio(session, eased, 'strict')).rejects.toMatchObject({
      evidence: { meta: 'strict', inForce: 1, proposed: null },
    });
  });

  test('that asks for a second person from now on is refused', async () => {
    const session = await openSmallDesk();
    const stricter = smallDesk(changed('free', { publication: { maker_checker: true } }));
    await expect(requireApprovedPortfolio(session, stricter, 'free')).rejects.toMatchObject({
      message: otherwise('free', 'definition 1 is in force', unproposed),
      evidence: { meta: 'free', inForce: 1, proposed: null },
    });
  });

  test('that was proposed waits for approval, and what differs from the proposal was proposed by nobody', async () => {
    const session = await openSmallDesk();
    const proposed = smallDesk(changed('strict', bounds(0.1)));
    await applyManifest(session, proposed, null);
    await expect(requireApprovedPortfolio(session, proposed, 'strict')).rejects.toMatchObject({
      code: 'DefinitionUnapproved',
      message: otherwise('strict', 'definition 1 is in force', 'strict/2 waits for approval'),
      evidence: { meta: 'strict', inForce: 1, proposed: 2 },
    });
    await expect(requireApprovedPortfolio(session, smallDesk(changed('strict', bounds(0.2))), 'strict')).rejects.toMatchObject({
      message: otherwise('strict', 'definition 1 is in force', unproposed),
      evidence: { meta: 'strict', inForce: 1, proposed: 2 },
    });
    await expect(requireApprovedPortfolio(session, smallDesk(), 'strict')).resolves.toBeUndefined();
  });

  test('that was proposed and never approved has no definition in force', async () => {
    const { session } = memoryLedger();
    await applyManifest(session, smallDesk(), null);
    await expect(requireApprovedPortfolio(session, smallDesk(), 'strict')).rejects.toMatchObject({
      message: otherwise('strict', 'no definition is in force', 'strict/1 waits for approval'),
      evidence: { meta: 'strict', inForce: null, proposed: 1 },
    });
  });
});

describe('a sleeve', () => {
  const lookback = { data: { lookback_days: 321 } };

  test.each([
    ['as it was approved', 'gold', smallDesk()],
    ['that no portfolio under maker_checker consumes', 'coins', smallDesk(changed('coins', lookback))],
    ['beside one that was changed', 'bonds', smallDesk(changed('gold', lookback))],
  ])('%s is computed', async (_, sleeve, manifest) => {
    await expect(requireApprovedSleeve(await openSmallDesk(), manifest, sleeve)).resolves.toBeUndefined();
  });

  test('with other settings than were approved is refused', async () => {
    const session = await openSmallDesk();
    await expect(requireApprovedSleeve(session, smallDesk(changed('gold', lookback)), 'gold')).rejects.toMatchObject({
      code: 'DefinitionUnapproved',
      message: 'sleeve gold belongs to strict, which is under maker_checker, and the manifest defines it otherwise than definition 1',
      evidence: { sleeve: 'gold', meta: 'strict', inForce: 1 },
    });
  });

  test('is computed as anybody likes where nothing is in force', async () => {
    const { session } = memoryLedger();
    await applyManifest(session, smallDesk(), null);
    await expect(requireApprovedSleeve(session, smallDesk(changed('gold', lookback)), 'gold')).resolves.toBeUndefined();
  });
});
