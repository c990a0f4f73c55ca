import { metaRunStream } from '../../domain/meta-run/stream.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';

/** The stream of a run. */
export function runStreamName(kind: 'sleeve' | 'meta', runId: string): string {
  return kind === 'sleeve' ? sleeveRunStream.name(runId) : metaRunStream.name(runId);
}

/** Whether a stream tells one run whole. */
export function isRunStream(stream: string): boolean {
  return [sleeveRunStream, metaRunStream].some(({ idOf }) => idOf(stream) !== null);
}
