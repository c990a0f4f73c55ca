import { limits } from '../../domain/shared/limits.ts';
import { artifactAddresses } from '../artifacts/artifact-addresses.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Artifacts } from '../ports/ports.ts';

/** Addresses of the source that the target lacks: both come in ascending order, and side by side. */
async function* lackingIn(from: Artifacts, to: Artifacts): AsyncGenerator<string> {
  const there = artifactAddresses(to);
  let next = await there.next();
  for await (const address of artifactAddresses(from)) {
    while (next.done !== true && next.value < address) next = await there.next();
    if (next.done === true || next.value !== address) yield address;
  }
}

/**
 * Puts what the target lacks, some at once; answers how many. The source checks each against its address. Errors: ArtifactDamaged,
 * Interrupted.
 */
export async function copyArtifacts(from: Artifacts, to: Artifacts, signal: AbortSignal): Promise<number> {
  let missing = 0;
  let contents: Uint8Array[] = [];
  let bytes = 0;
  const put = async (): Promise<void> => {
    if (contents.length > 0) await to.putAll(contents);
    contents = [];
    bytes = 0;
    await throwIfInterrupted(signal, 'interrupted; the same command completes the copy');
  };
  for await (const address of lackingIn(from, to)) {
    missing++;
    const content = await from.get(address);
    if (bytes + content.length > limits.copyArtifactBytesMax) await put();
    contents.push(content);
    bytes += content.length;
  }
  await put();
  return missing;
}
