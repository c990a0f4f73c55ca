import * as fc from 'fast-check';

/** A copy of a file in which one to four bytes have any values. */
export function changedBytes(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(original.length - 1), byte: fc.nat(255) });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const changed = Uint8Array.from(original);
    for (const { at, byte } of changes) changed[at] = byte;
    return changed;
  });
}
