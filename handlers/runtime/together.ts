/** Runs parts of one role side by side: when one ends or fails, the others are stopped, and all have ended when this settles. */
export async function runTogether(signal: AbortSignal, ...parts: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const settled = await Promise.allSettled(parts.map(async (part) => part(either).finally(() => stop.abort())));
  for (const part of settled) if (part.status === 'rejected') throw part.reason;
}
