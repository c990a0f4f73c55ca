import { kernelHost } from './kernels/kernel-host.ts';
import { withSimdProduct, type MatrixProduct } from './kernels/matrix-vector-simd.ts';

/** Below this size packing the matrix costs more than its products save. */
const simdSizeMin = 32;

/**
 * What `work` makes of the products of one square row-major matrix, which is packed once for all of them.
 *
 * Order of summation, the same for the SIMD kernel and its scalar twin `timesVector`: the entry of a row is one sum in the order of
 * columns.
 */
export function withMatrixProduct(matrix: Float64Array, size: number, work: (times: MatrixProduct) => number, host = kernelHost): number {
  const result = size < simdSizeMin ? null : withSimdProduct(matrix, size, work, host);
  return result ?? work((vector, product) => timesVector(matrix, size, vector, product));
}

/**
 * product = matrix times vector, for a square row-major matrix; four rows at a time, so that each entry of the vector is read once for
 * four.
 */
export function timesVector(matrix: Float64Array, size: number, vector: Float64Array, product: Float64Array): void {
  let i = 0;
  for (; i + 3 < size; i += 4) {
    const first = i * size;
    const second = first + size;
    const third = second + size;
    const fourth = third + size;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let k = 0; k < size; k++) {
      const value = vector[k]!;
      a += matrix[first + k]! * value;
      b += matrix[second + k]! * value;
      c += matrix[third + k]! * value;
      d += matrix[fourth + k]! * value;
    }
    product[i] = a;
    product[i + 1] = b;
    product[i + 2] = c;
    product[i + 3] = d;
  }
  for (; i < size; i++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * vector[k]!;
    product[i] = sum;
  }
}
