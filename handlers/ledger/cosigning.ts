import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { acceptedLines, type CosignerKey } from '../../domain/audit/cosignature.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, Witness, WitnessAddress } from '../ports/ports.ts';
import { throughTiles } from '../read-models/tile-reader.ts';
import type { KeyHistory } from './keys.ts';
import { newestSeal } from './seals.ts';
import { openWithAnyKey, type WitnessedNote } from './witness.ts';
import type { Witnesses } from './witness-folder.ts';

/** What became of a sealed checkpoint at one witness elsewhere. */
export interface Cosigning {
  readonly place: string;
  readonly kind: WitnessAddress['kind'];
  /** `behind`: a wider checkpoint of this ledger is there already. */
  readonly outcome: 'cosigned' | 'kept' | 'behind' | 'refused' | 'away';
  readonly why: string | null;
}

/** A witness elsewhere, and what it showed before anything was signed. */
interface Recalled {
  readonly address: WitnessAddress;
  readonly witness: Witness;
  readonly newest: { readonly shown: WitnessedNote; readonly checkpoint: Checkpoint } | null;
}

const attemptsMax = 5;

/**
 * Asks every witness elsewhere what it remembers. One that is away, or shows what is no checkpoint of this ledger, shows nothing: it must
 * not be able to keep a ledger from being sealed.
 */
export async function recall(
  ports: Ports,
  witnesses: Witnesses,
  origin: string,
  keys: readonly VerifierKey[],
): Promise<readonly Recalled[]> {
  return Promise.all(
    witnesses.addresses.map(async (address): Promise<Recalled> => {
      const witness = ports.witnessAt(address, witnesses.directory);
      const shown = await witness.show(origin);
      if (shown.kind === 'away' || shown.newest === null) return { address, witness, newest: null };
      try {
        return { address, witness, newest: { shown: shown.newest, checkpoint: openWithAnyKey(ports, shown.newest, keys) } };
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        ports.log.warn({ place: address.place, why: error.message }, 'a witness shows what is no checkpoint of this ledger');
        return { address, witness, newest: null };
      }
    }),
  );
}

/** The checkpoints that were shown: what is sealed must extend each. */
export function recalledCheckpoints(recalled: readonly Recalled[]): readonly Checkpoint[] {
  return recalled.flatMap(({ newest }) => (newest === null ? [] : [newest.checkpoint]));
}

interface Sealed {
  readonly checkpoint: Checkpoint;
  /** With the signature of the log. */
  readonly note: string;
}

/** What contradicts the seal: thrown once every witness has been asked. */
function contradiction(place: string, why: string, sealed: Sealed, witnessed: string | null, size: number | null): LedgerError {
  return new LedgerError('CheckpointInconsistent', `the witness ${place} has seen another ledger under this name: ${why}`, {
    evidence: { place, sealed: sealed.note, witnessed, witnessedSize: size },
  });
}

async function shownBy(witness: Witness, origin: string): Promise<string | null> {
  const shown = await witness.show(origin);
  return shown.kind === 'shown' ? (shown.newest?.note ?? null) : null;
}

interface Offering {
  readonly ports: Ports;
  readonly keys: KeyHistory;
  readonly sealed: Sealed;
}

/** A witness remembers more than was sealed here: another process has sealed and offered meanwhile, or this ledger was cut. */
async function beyond({ ports, keys, sealed }: Offering, place: string, witness: Witness, size: number): Promise<Cosigning['outcome']> {
  const newest = await newestSeal(ports.store, keys);
  if (newest !== null && newest.data.treeSize >= size) return 'behind';
  throw contradiction(
    place,
    `it remembers ${size} events, and the ledger has ${sealed.checkpoint.size}`,
    sealed,
    await shownBy(witness, sealed.checkpoint.origin),
    size,
  );
}

type Outcome = Cosigning & { readonly lines: string };

function outcomeAt({ place, kind }: WitnessAddress, outcome: Cosigning['outcome'], why: string | null = null, lines = ''): Outcome {
  return { place, kind, outcome, why, lines };
}

/** What was kept counts by the cosignature that verifies, where one is due. */
function keptAt({ ports, sealed }: Offering, address: WitnessAddress, lines: string, key: CosignerKey | null): Outcome {
  if (key === null) return outcomeAt(address, 'kept');
  try {
    return outcomeAt(address, 'cosigned', null, acceptedLines(sealed.note, lines, key, ports.crypto.verify));
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return outcomeAt(address, 'refused', `its answer is not what it should be: ${error.message}`);
  }
}

async function growthOf({ ports, sealed: { checkpoint } }: Offering, old: number): Promise<readonly Uint8Array[]> {
  return throughTiles(ports, `that ${checkpoint.size} events extend the first ${old}`, async (tiles) => tiles.growth(old, checkpoint));
}

/** Offers a checkpoint as growth of what the witness says that it remembers. Errors: CheckpointInconsistent with both as evidence. */
async function offered(offering: Offering, { address, witness, newest }: Recalled, key: CosignerKey | null): Promise<Outcome> {
  const { sealed } = offering;
  const { place } = address;
  const { origin, size } = sealed.checkpoint;
  let old = newest?.checkpoint.size ?? 0;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    if (old > size) return outcomeAt(address, await beyond(offering, place, witness, old));
    const proof = address.kind === 'git' ? [] : await growthOf(offering, old);
    const taken = await witness.take({ old, size, proof, note: sealed.note }, origin);
    if (taken.kind === 'kept') return keptAt(offering, address, taken.lines, key);
    if (taken.kind === 'contradicted') throw contradiction(place, taken.why, sealed, await shownBy(witness, origin), null);
    if (taken.kind !== 'other size') return outcomeAt(address, taken.kind, taken.why);
    if (taken.size === old && old === size)
      throw contradiction(place, `another root of ${size} events, a split view`, sealed, await shownBy(witness, origin), size);
    old = taken.size;
  }
  return outcomeAt(address, 'away', `it remembered another size at each of ${attemptsMax} tries`);
}

export interface Offered {
  readonly cosignings: readonly Cosigning[];
  /** The note with every cosignature that verifies. */
  readonly note: string;
  /** What a witness has seen that contradicts the seal; null where none has. */
  readonly contradiction: LedgerError | null;
}

/**
 * Offers a sealed checkpoint to every witness elsewhere, all at once. One that is away or refuses is told in the answer and asked again at
 * the next seal; a contradiction is evidence, and told as well.
 */
export async function offerToWitnesses(
  ports: Ports,
  { cosigners }: Witnesses,
  recalled: readonly Recalled[],
  keys: KeyHistory,
  sealed: Sealed,
): Promise<Offered> {
  const outcomes = await Promise.all(
    recalled.map(async (each): Promise<Outcome | LedgerError> => {
      try {
        return await offered({ ports, keys, sealed }, each, cosigners.get(each.address.place) ?? null);
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'CheckpointInconsistent') throw error;
        return error;
      }
    }),
  );
  const cosignings = outcomes.filter((outcome): outcome is Outcome => !(outcome instanceof LedgerError));
  const contradictions = outcomes.filter((outcome): outcome is LedgerError => outcome instanceof LedgerError);
  for (const { outcome, place, why } of cosignings)
    if (why !== null) ports.log.warn({ place, outcome, why }, 'a witness has not taken the seal: it is asked again at the next one');
  ports.metrics.set(
    'sleeve_ledger_witnesses_missing',
    contradictions.length + cosignings.filter(({ outcome }) => outcome === 'away' || outcome === 'refused').length,
  );
  return {
    cosignings: cosignings.map(({ place, kind, outcome, why }) => ({ place, kind, outcome, why })),
    note: sealed.note + cosignings.map(({ lines }) => lines).join(''),
    contradiction: contradictions[0] ?? null,
  };
}
