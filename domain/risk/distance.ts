/**
 * Distances between n things are condensed: entry (i, j), i < j, of the upper triangle stands row after row, as scipy
 * writes them (`n(n-1)/2` values).
 */
export function condensedLength(size: number): number {
  return (size * (size - 1)) / 2;
}

/** Adding j to `condensedOffset(size, i)` gives the place of (i, j) for i < j. */
export function condensedOffset(size: number, i: number): number {
  return i * size - (i * (i + 1)) / 2 - i - 1;
}

/** d = sqrt((1 - correlation) / 2), in [0, 1] (Mantegna 1999; Lopez de Prado 2016). */
export function correlationDistance(correlation: Float64Array, size: number): Float64Array {
  const distance = new Float64Array(condensedLength(size));
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const clipped = Math.max(-1, Math.min(1, correlation[i * size + j]!));
      distance[at++] = Math.sqrt((1 - clipped) / 2);
    }
  }
  return distance;
}

/** The square matrix of condensed distances, with a zero diagonal. */
export function squareDistance(condensed: Float64Array, size: number): Float64Array {
  const square = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      square[i * size + j] = condensed[at]!;
      square[j * size + i] = condensed[at++]!;
    }
  }
  return square;
}

/** Euclidean distance between the columns of a distance matrix (the original paper's "distance of distances"). */
export function euclideanOfColumns(condensed: Float64Array, size: number): Float64Array {
  const square = squareDistance(condensed, size);
  const distance = new Float64Array(condensed.length);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const gap = square[i * size + k]! - square[j * size + k]!;
        sum += gap * gap;
      }
      distance[at++] = Math.sqrt(sum);
    }
  }
  return distance;
}
