import { expect, test } from '@jest/globals';
import { SealSoon } from '../../../handlers/ledger/seal-soon.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Sealing } from '../../../handlers/ledger/sealer.ts';
import { memorySession } from '../../support/imported-run.ts';

const { log } = memorySession().ports;

/** A sealer that counts, and fails where it is told to. */
function counting(fails: (seal: number) => boolean = () => false): { seals: number; seal: () => Promise<Sealing> } {
  const sealer = {
    seals: 0,
    seal: async (): Promise<Sealing> => {
      sealer.seals += 1;
      if (fails(sealer.seals)) throw new LedgerError('StoreUnavailable', 'away');
      return { treeSize: 1, root: '', checkpoint: '', already: false, witnessFile: '', witnesses: [], quorum: null };
    },
  };
  return sealer;
}

test('seals once for all that was recorded, and at the end only what waits for it', async () => {
  const sealer = counting();
  const soon = new SealSoon(sealer, log, 60_000);
  await soon.finish();
  expect(sealer.seals).toBe(0);
  for (let times = 0; times < 5; times++) soon.due();
  await soon.finish();
  await soon.finish();
  expect(sealer.seals).toBe(1);
});

test('seals by itself after its pause, and again after one that failed', async () => {
  const sealer = counting((seal) => seal === 1);
  const soon = new SealSoon(sealer, log, 1);
  soon.due();
  await new Promise((resolve) => setTimeout(resolve, 30));
  soon.due();
  await soon.finish();
  expect(sealer.seals).toBe(2);
});
