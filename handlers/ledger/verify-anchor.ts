import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { type Fault, nowhere } from './fault.ts';
import type { KeyLink } from './keys.ts';
import type { Scan } from './verify-scan.ts';
import type { CosignedTo } from './verify-cosignatures.ts';
import type { GivenCheckpoint, HeldCheckpoint, Witnessed } from './verify-witness.ts';

/** What a verification rests on: something that whoever writes the store cannot have made. */
export interface Anchor {
  readonly by: 'key' | 'checkpoint' | 'witness' | 'nothing';
  /** The key given; null without one. */
  readonly verifierKey: string | null;
  /** Leaves that the anchor vouches for; 0 where it vouches for nothing. */
  readonly coveredTo: number;
  /** What is proved by it, in words. */
  readonly statement: string;
}

/** A verifier key from the command line. Errors: Usage for one that is malformed. */
export function givenKey({ crypto }: Pick<Ports, 'crypto'>, text: string): VerifierKey {
  try {
    return parseVerifierKey(crypto.sha256, text);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError('Usage', `--vkey is no verifier key: ${error.message}`, {
      at: { path: '--vkey' },
      evidence: error.evidence,
      cause: error,
    });
  }
}

const bringYourOwn = 'Bring your own: --vkey KEY, --checkpoint FILE.';

function tailOf({ size }: Pick<Scan, 'size'>, coveredTo: number): string {
  const after = size - coveredTo;
  if (after === 0) return '';
  const events = after === 1 ? 'The event after them is' : `The ${after} events after them are`;
  return ` ${events} not signed: whoever may write the store could have made or cut them.`;
}

const fault = (kind: string, expected: string, actual: string): Fault => ({ kind, ...nowhere, expected, actual });

type Anchored = { readonly anchor: Anchor; readonly faults: readonly Fault[] };

/**
 * A key vouches for what it has sealed, and for what those have sealed that it handed over to. That the store names it among its keys
 * proves nothing: anybody can open a ledger, and hand it over to a key that is published.
 */
function byKey(
  key: VerifierKey,
  links: readonly KeyLink[],
  scanned: Scan,
  held: readonly HeldCheckpoint[],
  coveredByOwn: number,
): Anchored {
  const verifierKey = formatVerifierKey(key);
  const from = links.findIndex((link) => formatVerifierKey(link.key) === verifierKey);
  const vouchesForNothing = (kind: string, expected: string, actual: string): Anchored => ({
    anchor: { by: 'key', verifierKey, coveredTo: 0, statement: `The key given, ${verifierKey}, vouches for nothing in this store.` },
    faults: [fault(kind, expected, actual)],
  });
  if (from < 0) {
    const names = links.map((link) => formatVerifierKey(link.key));
    return vouchesForNothing('key_unknown', `a ledger of the key ${verifierKey}`, `the keys ${names.join(', ') || 'of nobody'}`);
  }
  const sealed = [...scanned.sealedBy.slice(from), ...held.filter(({ link }) => link >= from).map(({ size }) => size)];
  const signedTo = Math.max(0, ...sealed.filter((size) => size !== undefined));
  if (signedTo === 0)
    return vouchesForNothing('key_signed_nothing', `a seal of ${verifierKey}, or of a key that it handed over to`, 'none');
  const coveredTo = Math.max(signedTo, coveredByOwn);
  const statement =
    `Anchored in the key given, ${verifierKey}: the first ${coveredTo} events are those that it, or a key that it handed over to by its ` +
    `signature, has sealed.${tailOf(scanned, coveredTo)}`;
  return { anchor: { by: 'key', verifierKey, coveredTo, statement }, faults: [] };
}

/** A checkpoint that was kept covers the opening of the ledger, so that every later key follows from it by signatures. */
function byCheckpoint(file: string, own: HeldCheckpoint | undefined, scanned: Scan, sealedTo: number): Anchor {
  if (own === undefined || own.size === 0)
    return { by: 'checkpoint', verifierKey: null, coveredTo: 0, statement: `The checkpoint ${file} vouches for nothing in this store.` };
  const beyond = sealedTo > own.size ? ` Up to event ${sealedTo} they are sealed by keys that follow from these by signature.` : '';
  const statement = `Anchored in the checkpoint ${file}: the first ${own.size} events are those that it was made over.${beyond}`;
  return { by: 'checkpoint', verifierKey: null, coveredTo: sealedTo, statement: `${statement}${tailOf(scanned, sealedTo)}` };
}

function byWitness(directory: string | null, { sealedTo, held }: Witnessed, cosigned: CosignedTo | null): Anchor {
  if (cosigned !== null && cosigned.to > 0) {
    const statement =
      `Cosigned up to event ${cosigned.to} by witnesses that the settings or the key file name: whoever may write those beside the ` +
      `store can name witnesses of their own. ${bringYourOwn}`;
    return { by: 'witness', verifierKey: null, coveredTo: Math.max(cosigned.to, sealedTo), statement };
  }
  if (directory !== null && held.length > 0) {
    const statement =
      `Compared with the checkpoints in ${directory}, up to event ${sealedTo}: whoever may write both the store and that folder can make ` +
      `them agree. ${bringYourOwn}`;
    return { by: 'witness', verifierKey: null, coveredTo: sealedTo, statement };
  }
  const statement =
    'Nothing outside the store anchors this verification: it shows that the store agrees with itself, not whose it is. A key file beside ' +
    `the store is no anchor where whoever writes the store may write it too. ${bringYourOwn}`;
  return { by: 'nothing', verifierKey: null, coveredTo: 0, statement };
}

export interface Brought {
  readonly verifierKey: VerifierKey | null;
  readonly checkpoint: GivenCheckpoint | null;
  readonly witnessDirectory: string | null;
}

/** What the verifier brought, held against what one pass over the store has found. */
export function anchorOf(
  brought: Brought,
  links: readonly KeyLink[],
  scanned: Scan,
  witnessed: Witnessed,
  cosigned: CosignedTo | null,
): Anchored {
  const { verifierKey, checkpoint, witnessDirectory } = brought;
  const own = checkpoint === null ? undefined : witnessed.held.find(({ file }) => file === checkpoint.file);
  const sealedTo = Math.max(scanned.sealedTo, witnessed.sealedTo);
  const coveredByOwn = own === undefined || own.size === 0 ? 0 : sealedTo;
  if (verifierKey !== null) return byKey(verifierKey, links, scanned, witnessed.held, coveredByOwn);
  if (checkpoint !== null) return { anchor: byCheckpoint(checkpoint.file, own, scanned, sealedTo), faults: [] };
  return { anchor: byWitness(witnessDirectory, witnessed, cosigned), faults: [] };
}
