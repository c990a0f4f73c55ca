/** A revision to be shown: text where no number holds it exactly, as that of the deletion of a stream on a server, 2^63-1. */
export function exactRevision(revision: bigint | number): number | string {
  const near = Number(revision);
  return Number.isSafeInteger(near) ? near : String(revision);
}
