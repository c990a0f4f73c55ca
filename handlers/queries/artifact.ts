import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';

export interface ArtifactAnswer {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** The bytes as text; null when they are none. */
  readonly text: string | null;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** An artifact by the SHA-256 that events name it by. Errors: Usage, ArtifactUnknown, ArtifactDamaged. */
export async function artifactOf({ artifacts }: Pick<Ports, 'artifacts'>, sha256: string): Promise<ArtifactAnswer> {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new LedgerError('Usage', `${sha256} is not a SHA-256 address: 64 hexadecimal digits in lower case`, { at: { path: sha256 } });
  if (!(await artifacts.has(sha256))) throw new LedgerError('ArtifactUnknown', `no artifact ${sha256} is stored`, { at: { path: sha256 } });
  const bytes = await artifacts.get(sha256);
  return { sha256, bytes, text: textOf(bytes) };
}
