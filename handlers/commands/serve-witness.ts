import { formatCosignerKey } from '../../domain/audit/cosignature.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { createWitnessing, type Witnessing } from '../witnessing/witnessing.ts';
import { rememberedIn, witnessKey } from '../witnessing/witness-key.ts';

export interface WitnessAsked {
  /** Folder of its key and its memory. */
  readonly state: string;
  readonly name: string | null;
  /** `VKEY` or `ORIGIN=VKEY`; several of one origin for a log whose key was rotated. */
  readonly logs: readonly string[];
}

export interface OpenedWitness {
  readonly witnessing: Witnessing;
  readonly name: string;
  /** To be given to those who name this witness. */
  readonly verifierKey: string;
  readonly origins: readonly string[];
  readonly close: () => void;
}

function knownLogs({ crypto }: Pick<Ports, 'crypto'>, given: readonly string[]): ReadonlyMap<string, readonly VerifierKey[]> {
  const logs = new Map<string, VerifierKey[]>();
  for (const text of given) {
    // A verifier key has its own equals signs, behind its plus signs.
    const [, origin, vkey] = /^(?:([^+=]+)=)?([^=]*\+.*)$/.exec(text) ?? [];
    if (vkey === undefined)
      throw new LedgerError('Usage', `--log ${text}: ORIGIN=VKEY, as \`ledger init\` prints it`, { at: { path: '--log' } });
    const key = parseVerifierKey(crypto.sha256, vkey);
    if (origin !== undefined && origin !== key.name)
      throw new LedgerError('Usage', `--log ${text}: the key is of ${key.name}, not of ${origin}`, { at: { path: '--log' } });
    logs.set(key.name, [...(logs.get(key.name) ?? []), key]);
  }
  return logs;
}

/**
 * Opens a witness in a folder, which is made where it is missing. Errors: Usage, CheckpointInvalid for a malformed verifier key;
 * KeyMissing, WitnessMissing for a witness of which a part is lost; ConfigInvalid, StoreBusy, StoreIo.
 */
export async function openWitness(
  tools: Pick<Ports, 'crypto' | 'clock' | 'log' | 'files' | 'witnessMemory'>,
  { state, name, logs }: WitnessAsked,
): Promise<OpenedWitness> {
  const known = knownLogs(tools, logs);
  await tools.files.makeFolder(state);
  const opened = await rememberedIn(tools, state);
  try {
    const witness = await witnessKey(tools, state, opened, name);
    return {
      witnessing: createWitnessing(tools, opened, witness, known),
      name: witness.key.name,
      verifierKey: formatCosignerKey(witness.key),
      origins: [...known.keys()],
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}
