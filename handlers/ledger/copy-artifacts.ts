import { limits } from '../../domain/shared/limits.ts';
import { letSignalsIn } from '../interruption.ts';
import type { Artifacts } from '../ports.ts';

/** Puts what the target lacks, some at once; answers how many. The source checks each against its address. Errors: ArtifactDamaged, Interrupted. */
export async function copyArtifacts(from: Artifacts, to: Artifacts, signal: AbortSignal): Promise<number> {
  const there = new Set(await to.list());
  const missing = (await from.list()).filter((address) => !there.has(address));
  let contents: Uint8Array[] = [];
  let bytes = 0;
  const put = async (): Promise<void> => {
    if (contents.length > 0) await to.putAll(contents);
    contents = [];
    bytes = 0;
    await letSignalsIn(signal, 'interrupted; the same command completes the copy');
  };
  for (const address of missing) {
    const content = await from.get(address);
    if (bytes + content.length > limits.copyArtifactBytesMax) await put();
    contents.push(content);
    bytes += content.length;
  }
  await put();
  return missing.length;
}
