import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import { compared, type FormatComparison, formatOfBuild } from '../../domain/ledger/format.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StorageFinding } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault, nowhere } from './fault.ts';
import type { KeyFile } from './key-file.ts';
import { examinedKeys, type ExaminedKeys } from './keys.ts';
import { leafStreams, RecordedFormat, shown } from './recorded-format.ts';
import { type Anchor, anchorOf, givenKey } from './verify-anchor.ts';
import { artifactFaults } from './verify-artifacts.ts';
import { checkpointFaults } from './verify-checkpoints.ts';
import { letterFindings, type LetterFindings } from './verify-letters.ts';
import { type CosignedTo, type Elsewhere, type Judged, judgeCosignatures } from './verify-cosignatures.ts';
import { readModelFindings } from './verify-read-models.ts';
import { scan } from './verify-scan.ts';
import { type GivenCheckpoint, missingWitness, outsideCheckpoints, sizesIn, witnessFaults } from './verify-witness.ts';

export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly artifacts: number;
  /** Leaves covered by a seal that verifies; what stands after it is unsealed. */
  readonly sealedTo: number;
  readonly unsealed: number;
  /** Leaves covered by a checkpoint outside the store: only what was witnessed cannot be cut off unseen. */
  readonly witnessedTo: number;
  /** What the verification rests on, and what is proved by it. */
  readonly anchor: Anchor;
  /** How far its witnesses have cosigned the ledger; null where none is named that could. */
  readonly cosigned: CosignedTo | null;
  /** Null where the ledger's own stream cannot be read. */
  readonly format: FormatComparison | null;
  /** Sealed messages that could not be opened, for their letter keys are in a file that is not here. */
  readonly lettersUnopened: number;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface VerifyRequest {
  /** Null to look at none. */
  readonly witnessDirectory: string | null;
  /** Whether that one must remember a ledger that is sealed; left out, it need not. */
  readonly witnessExpected?: boolean;
  /** What the witnesses elsewhere show; left out where there are none. */
  readonly elsewhere?: Elsewhere;
  /** A checkpoint that was kept elsewhere. */
  readonly checkpoint: GivenCheckpoint | null;
  /** A verifier key that the verifier has from elsewhere; left out, that of the checkpoint. */
  readonly verifierKey?: string | null;
  /** The key file at hand: no anchor, but that of another ledger is a fault. */
  readonly keyFile?: { readonly file: string; readonly key: KeyFile } | null;
  /** Whether the verifier says that files of letter keys which are not here are kept elsewhere; left out, each of them is missing. */
  readonly letterKeysElsewhere?: boolean;
  /** What the store finds wrong below the level of events; left out where the store cannot tell. */
  readonly integrity?: () => readonly StorageFinding[];
}

const noLetters: LetterFindings = { unopened: 0, faults: [], notes: [] };
const unjudged: Judged = { cosigned: null, faults: [], notes: [] };

/** A build that is older than the ledger's format is not a fault of the ledger. It limits what the verification can mean. */
function formatNotes(format: FormatComparison | null): string[] {
  if (format === null || format.lacking.length === 0) return [];
  return [
    `the format of the ledger is newer than this build, which lacks ${shown(format.lacking)}: bytes, chains and seals were ` +
      `verified, their meaning was not; verify with the newer build`,
  ];
}

/** A key file of another ledger: one of the two was exchanged. The next key of a rotation that was interrupted may not be recorded yet. */
function keyFileFaults(keyFile: VerifyRequest['keyFile'], { links }: ExaminedKeys): Fault[] {
  if (keyFile === undefined || keyFile === null || links.length === 0) return [];
  const { file, key } = keyFile;
  const known = links.map((link) => formatVerifierKey(link.key));
  if (known.includes(key.verifierKey)) return [];
  return [{ kind: 'key_file_foreign', ...nowhere, file, expected: `a key of this ledger: ${known.join(', ')}`, actual: key.verifierKey }];
}

/** Runs a stage of the verification; damage that stops it is a fault, and the other stages still run. */
async function stage<T>(faults: Fault[], kind: string, expected: string, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    faults.push({ kind, ...nowhere, expected, actual: damageIn(error) });
    return otherwise;
  }
}

/**
 * Recomputes every hash, chain, artifact, the tree, every seal with what the next one would go on from, and every witnessed checkpoint,
 * folds the read models anew and looks at the storage below. It never says more than a seal covers: a hash chain cannot see a cut tail.
 * Damage is reported, never thrown.
 *
 * The chain of keys is taken from no word of the store: it begins with the one `LedgerOpened`, grows by signatures, and `anchor` says
 * whether anything that the verifier brought vouches for it.
 *
 * Errors: Usage for a malformed verifier key; StoreBusy, StoreUnavailable.
 */
export async function verifyLedger(ports: Ports, request: VerifyRequest): Promise<Verification> {
  const faults: Fault[] = [];
  const keyText = request.verifierKey ?? request.checkpoint?.verifierKey ?? null;
  const verifierKey = keyText === null ? null : givenKey(ports, keyText);
  const format = await stage(faults, 'ledger_stream_unreadable', 'the format of the ledger', null, async () =>
    compared((await new RecordedFormat(ports.store).current()).format),
  );
  const here = await outsideCheckpoints(ports, request.witnessDirectory, request.checkpoint);
  const outside = [...here, ...(request.elsewhere?.outside ?? [])];
  const keys = await stage<ExaminedKeys>(faults, 'ledger_stream_unreadable', 'LedgerOpened and rotations', { links: [], faults: [] }, () =>
    examinedKeys(ports),
  );
  const { links } = keys;
  const scanned = await scan(ports, { links, sizes: sizesIn(outside), streams: leafStreams(format?.recorded ?? formatOfBuild) });
  if (links.length === 0 && scanned.events > 0)
    faults.push({ kind: 'ledger_unopened', ...nowhere, stream: ledgerStream, expected: 'LedgerOpened', actual: 'no key of the ledger' });
  const artifacts = await stage<Awaited<ReturnType<typeof artifactFaults>>>(
    faults,
    'database_damaged',
    'artifacts',
    { faults: [], count: 0 },
    () => artifactFaults(ports, scanned.references),
  );
  const witnessed = witnessFaults(ports, outside, scanned);
  const missing = request.witnessExpected === true ? await missingWitness(ports, request.witnessDirectory, here, scanned) : [];
  const judged = request.elsewhere === undefined ? unjudged : judgeCosignatures(ports, request.elsewhere, witnessed.held, scanned);
  const findings =
    scanned.faults.length === 0
      ? await readModelFindings(ports)
      : { faults: [], notes: ['the read models were not compared: the events they are folded from are damaged'] };
  const letters: LetterFindings =
    scanned.faults.length === 0
      ? await stage(faults, 'letter_keys_unreadable', 'the file of letter keys', noLetters, () =>
          letterFindings(ports, request.letterKeysElsewhere === true),
        )
      : noLetters;
  const storage = request.integrity?.() ?? [];
  const { anchor, faults: anchorFaults } = anchorOf({ ...request, verifierKey }, links, scanned, witnessed, judged.cosigned);
  faults.push(...keys.faults, ...scanned.faults, ...keyFileFaults(request.keyFile, keys), ...anchorFaults);
  faults.push(...(await checkpointFaults(ports)));
  faults.push(...artifacts.faults, ...scanned.sealFaults, ...missing, ...witnessed.faults, ...judged.faults);
  faults.push(...findings.faults, ...letters.faults);
  faults.push(...storage.map(({ kind, detail }) => ({ kind, ...nowhere, expected: 'storage as it was written', actual: detail })));
  const sealedTo = Math.max(scanned.sealedTo, witnessed.sealedTo);
  return {
    events: scanned.events,
    streams: scanned.streams,
    artifacts: artifacts.count,
    sealedTo,
    unsealed: scanned.size - sealedTo,
    witnessedTo: witnessed.sealedTo,
    anchor,
    cosigned: judged.cosigned,
    format,
    lettersUnopened: letters.unopened,
    faults,
    notes: [...formatNotes(format), ...judged.notes, ...findings.notes, ...letters.notes],
  };
}
