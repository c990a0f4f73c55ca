import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { openCosignature } from '../../domain/audit/cosignature.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { type Fault, nowhere } from './fault.ts';
import type { Outside } from './verify-witness.ts';
import { newestNote } from './witness.ts';
import type { Witnesses } from './witness-folder.ts';

/** How far the witnesses of a policy vouch for a ledger. */
export interface CosignedTo {
  /** Events under the widest checkpoint that as many have cosigned as are demanded, or one where nobody demands any. */
  readonly to: number;
  readonly quorum: number | null;
  readonly by: readonly {
    readonly place: string;
    readonly name: string;
    /** Size of the widest checkpoint that it has cosigned; 0 for none. */
    readonly size: number;
    /** UTC, by the clock of the witness. */
    readonly at: string | null;
  }[];
}

export interface Judged {
  readonly cosigned: CosignedTo | null;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** What the witnesses elsewhere show, and what they said when they were asked: before the ledger is read. */
export interface Elsewhere {
  readonly witnesses: Witnesses;
  readonly outside: readonly Outside[];
  /** Sizes that witnesses remember beyond every note that is shown. */
  readonly remembered: readonly { readonly place: string; readonly size: number; readonly isSplit: boolean }[];
  readonly notes: readonly string[];
}

const utc = (seconds: number): string => new Date(seconds * 1000).toISOString();

/**
 * Asks the witnesses elsewhere. A server that shows nothing is offered the widest checkpoint that is kept, as no growth at all: it
 * cosigns it anew, or says the size that it remembers. Nothing is written here.
 */
export async function askElsewhere(ports: Pick<Ports, 'files' | 'witnessAt'>, witnesses: Witnesses): Promise<Elsewhere> {
  const outside: Outside[] = [];
  const remembered: { place: string; size: number; isSplit: boolean }[] = [];
  const notes: string[] = [];
  const kept = witnesses.addresses.length === 0 ? null : await newestNote(ports, witnesses.directory);
  if (kept === null) {
    if (witnesses.addresses.length > 0)
      notes.push('the folder of the witness holds no checkpoint: the witnesses elsewhere cannot be asked');
    return { witnesses, outside, remembered, notes };
  }
  const { origin, size } = readUnverifiedCheckpoint(kept.note);
  for (const address of witnesses.addresses) {
    const { place } = address;
    const witness = ports.witnessAt(address, null);
    const shown = await witness.show(origin);
    if (shown.kind === 'away') {
      notes.push(`the witness ${place} is away (${shown.why}): what it remembers was not compared`);
      continue;
    }
    if (shown.newest !== null) outside.push({ ...shown.newest, damage: null });
    if (shown.newest !== null || address.kind === 'git') continue;
    const taken = await witness.take({ old: size, size, proof: [], note: kept.note }, origin);
    if (taken.kind === 'kept') outside.push({ file: place, note: kept.note + taken.lines, damage: null });
    else if (taken.kind === 'other size') remembered.push({ place, size: taken.size, isSplit: taken.size === size });
    else notes.push(`the witness ${place} did not say what it remembers (${taken.why})`);
  }
  return { witnesses, outside, remembered, notes };
}

function cosignedBy(
  ports: Pick<Ports, 'crypto'>,
  witnesses: Witnesses,
  outside: readonly Outside[],
): { readonly by: CosignedTo['by']; readonly faults: Fault[]; readonly sizes: ReadonlyMap<string, ReadonlySet<number>> } {
  const by: CosignedTo['by'][number][] = [];
  const faults: Fault[] = [];
  const sizes = new Map<string, Set<number>>();
  for (const [place, key] of witnesses.cosigners) {
    let widest = { size: 0, at: null as string | null };
    const own = new Set<number>();
    for (const { file, note } of outside) {
      if (note === null) continue;
      try {
        const { size } = readUnverifiedCheckpoint(note);
        const cosignature = openCosignature(note, key, ports.crypto.verify);
        if (cosignature === null) continue;
        own.add(size);
        if (size >= widest.size) widest = { size, at: utc(cosignature.timeSeconds) };
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        faults.push({ kind: 'cosignature_invalid', ...nowhere, file, expected: `a cosignature of ${key.name}`, actual: error.message });
      }
    }
    sizes.set(place, own);
    by.push({ place, name: key.name, ...widest });
  }
  return { by, faults, sizes };
}

/** The widest size that enough have cosigned: each alone by a checkpoint of that size. */
function widestOfQuorum(sizes: ReadonlyMap<string, ReadonlySet<number>>, quorum: number): number {
  const counts = new Map<number, number>();
  for (const own of sizes.values()) for (const size of own) counts.set(size, (counts.get(size) ?? 0) + 1);
  return Math.max(0, ...[...counts].filter(([, count]) => count >= quorum).map(([size]) => size));
}

/**
 * Holds the checkpoints that belong to this ledger against the policy. `holding` are those that verification found no fault with, by the
 * sizes that they have.
 */
export function judgeCosignatures(
  ports: Pick<Ports, 'crypto'>,
  elsewhere: Elsewhere,
  holding: readonly Outside[],
  { size, sealedTo }: { readonly size: number; readonly sealedTo: number },
): Judged {
  const { witnesses, remembered, notes } = elsewhere;
  const faults: Fault[] = remembered.flatMap(({ place, size: seen, isSplit }): Fault[] => {
    if (isSplit)
      return [{ kind: 'split_view', ...nowhere, file: place, expected: `the root of ${seen} events that it cosigned`, actual: 'another' }];
    return seen > size ? [{ kind: 'sealed_tail_cut', ...nowhere, file: place, expected: `${seen} events`, actual: `${size} events` }] : [];
  });
  if (witnesses.cosigners.size === 0) return { cosigned: null, faults, notes };
  const { by, faults: invalid, sizes } = cosignedBy(ports, witnesses, holding);
  const { quorum } = witnesses;
  const to = widestOfQuorum(sizes, quorum ?? 1);
  const said = `${to} of the ${sealedTo} sealed events are under a checkpoint that ${quorum ?? 1} of ${by.length} witnesses have cosigned`;
  const short = to < sealedTo;
  return {
    cosigned: { to, quorum, by },
    faults: [
      ...faults,
      ...invalid,
      ...(short && quorum !== null
        ? [
            {
              kind: 'quorum_missing',
              ...nowhere,
              expected: `${quorum} witnesses for ${sealedTo} events`,
              actual: `for ${to} events: ${by.map(({ name, size: own }) => `${name} ${own}`).join(', ')}`,
            },
          ]
        : []),
    ],
    notes: short ? [...notes, said] : notes,
  };
}
