import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';

/** The content, unless no store would take it. Errors: LimitExceeded with both numbers. */
export function allowedArtifact(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= limits.artifactBytesMax) return bytes;
  throw new LedgerError('LimitExceeded', `an artifact of ${bytes.length} bytes, at most ${limits.artifactBytesMax} are allowed`, {
    evidence: { bytes: bytes.length, bytesMax: limits.artifactBytesMax },
  });
}
