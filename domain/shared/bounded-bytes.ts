/** Pieces as one, of which no more is read than so many bytes. Errors: what `tooLarge` makes; those of the pieces. */
export async function bytesWithin(pieces: AsyncIterable<Uint8Array> | null, bytesMax: number, tooLarge: () => Error): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces ?? []) {
    bytes += piece.byteLength;
    if (bytes > bytesMax) throw tooLarge();
    read.push(piece);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of read) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
