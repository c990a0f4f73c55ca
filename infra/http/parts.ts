import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { limits } from '../../domain/shared/limits.ts';

/** Cuts off whoever takes nothing of what waits for them: an answer without an end would hold what makes it for as long. */
function cutWhenStalled(response: ServerResponse, stalledMsMax: number): void {
  let before: number | null = null;
  const timer = setInterval(() => {
    const written = response.writableNeedDrain ? (response.socket?.bytesWritten ?? 0) : null;
    if (written !== null && written === before) response.destroy();
    before = written;
  }, stalledMsMax);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}

/** An answer in parts, each made when the one before has been taken; nobody makes more once whoever asked is gone. */
export function partsFor(
  response: ServerResponse,
  parts: AsyncIterable<Uint8Array>,
  stalledMsMax: number = limits.httpStalledMsMax,
): Readable {
  cutWhenStalled(response, stalledMsMax);
  return Readable.from(parts, { objectMode: false });
}
