import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, WitnessAddress } from '../ports/ports.ts';
import { openWithAnyKey } from '../ledger/witness.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { newestSeal } from '../ledger/seals.ts';
import type { Witnesses } from '../ledger/witness-folder.ts';

/** How what a witness elsewhere remembers stands to the newest seal of the store. */
export interface Standing {
  readonly place: string;
  readonly kind: WitnessAddress['kind'];
  readonly state: 'covered' | 'behind' | 'beyond' | 'nothing shown' | 'away';
  readonly remembers: number | null;
  readonly sealed: number;
  readonly why: string | null;
}

/** Asks every witness elsewhere what it remembers; roots are for verification to compare. */
export async function witnessStandings(
  ports: Pick<Ports, 'store' | 'crypto' | 'witnessAt'>,
  { addresses }: Witnesses,
  origin: string,
): Promise<readonly Standing[]> {
  const keys = await new KeyHistory(ports).refresh();
  const sealed = (await newestSeal(ports.store, keys))?.data.treeSize ?? 0;
  return Promise.all(
    addresses.map(async (address): Promise<Standing> => {
      const { place, kind } = address;
      const at = (state: Standing['state'], remembers: number | null, why: string | null): Standing => ({
        place,
        kind,
        state,
        remembers,
        sealed,
        why,
      });
      const shown = await ports.witnessAt(address, null).show(origin);
      if (shown.kind === 'away') return at('away', null, shown.why);
      if (shown.newest === null) return at('nothing shown', null, null);
      try {
        openWithAnyKey(ports, shown.newest, keys.keys);
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        return at('nothing shown', null, error.message);
      }
      const { size } = readUnverifiedCheckpoint(shown.newest.note);
      return at(size > sealed ? 'beyond' : size < sealed ? 'behind' : 'covered', size, null);
    }),
  );
}
