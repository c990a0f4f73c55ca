import { describe, expect, test } from '@jest/globals';
import { cholesky, conditionEstimate } from '../../../../domain/risk/cholesky.ts';
import { crossProducts, scalarCrossProducts } from '../../../../domain/risk/cross-products.ts';
import { correlationDistance, euclideanOfColumns } from '../../../../domain/risk/distance.ts';
import { KernelHost } from '../../../../domain/risk/kernels/kernel-host.ts';
import { webAssemblyEngine, type WebAssemblyEngine } from '../../../../domain/risk/kernels/web-assembly.ts';
import { withMatrixProduct } from '../../../../domain/risk/matrix-vector.ts';
import { seeded } from '../../../support/figures.ts';

const engine = webAssemblyEngine!;
const megabyte = 2 ** 20;

/** The engine of this process, and how many instances it was asked for. */
function countingEngine(changed: Partial<WebAssemblyEngine> = {}): { readonly engine: WebAssemblyEngine; readonly made: () => number } {
  let count = 0;
  const Instance = class extends engine.Instance {
    constructor(module: object) {
      super(module);
      count++;
    }
  };
  const made = { validate: (code: Uint8Array) => engine.validate(code), Module: engine.Module, Instance, ...changed };
  return { engine: made, made: () => count };
}

const random = seeded(7);
const [rows, count] = [80, 65];
const returns = {
  rows,
  count,
  values: Float64Array.from({ length: rows * count }, () => random() - 0.5),
  means: new Float64Array(count),
};

/** Everything that has a kernel, on one host. */
function everything(host: KernelHost): unknown[] {
  const products = crossProducts(returns, host);
  const factor = cholesky(products, count, 0, host);
  if (!factor.ok) throw new Error('not positive definite');
  const correlation = products.map((value) => value / 10);
  const distance = correlationDistance(correlation, count, host);
  const product = new Float64Array(count);
  const times = withMatrixProduct(products, count, (multiply) => (multiply(returns.values.subarray(0, count), product), 1), host);
  const condition = conditionEstimate(products, count, factor.lower, host);
  return [products, factor.lower, condition, distance, euclideanOfColumns(distance, count, host), product, times];
}

describe('which of the two twins runs', () => {
  const { engine: counting, made } = countingEngine();
  const bySimd = everything(new KernelHost(counting));

  test('is the SIMD kernel where there is SIMD, in one instance for one work after the other', () => {
    expect(made()).toBe(1);
  });

  test('is the scalar one where there is no WebAssembly, to the same bits', () => {
    expect(everything(new KernelHost(undefined))).toEqual(bySimd);
  });

  test('is the scalar one where WebAssembly has no SIMD: asked once, and nothing is compiled', () => {
    let asked = 0;
    const validate = (): boolean => {
      asked++;
      return false;
    };
    let compiled = 0;
    const Module = class extends engine.Module {
      constructor(code: Uint8Array) {
        super(code);
        compiled++;
      }
    };
    const old = countingEngine({ validate, Module });
    expect(everything(new KernelHost(old.engine))).toEqual(bySimd);
    expect([asked, compiled, old.made()]).toEqual([1, 0, 0]);
  });

  test('is the scalar one for a tiny problem, which would pay more for the call', () => {
    const { engine: idle, made: madeForTiny } = countingEngine();
    const host = new KernelHost(idle);
    const tiny = { rows: 3, count: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10), means: new Float64Array(3) };
    const products = crossProducts(tiny, host);
    expect(products).toEqual(scalarCrossProducts(tiny));
    expect(cholesky(products, 3, 0, host).ok).toBe(true);
    expect(madeForTiny()).toBe(0);
  });
});

const bytesOf = (host: KernelHost, bytes: number): number | null => host.run(bytes, (_kernels, memory) => memory.byteLength);

/** A memory of eight bytes that does not grow. */
const exhausted = (error: Error) => ({
  buffer: new ArrayBuffer(8),
  grow: () => {
    throw error;
  },
});

const exhaustedHost = (error: Error): KernelHost =>
  new KernelHost(
    countingEngine({
      Instance: class {
        readonly exports = { memory: exhausted(error) };
      },
    }).engine,
  );

describe('the memory of the kernels', () => {
  test('holds what a work asked for, and is kept for the next one', () => {
    const { engine: counting, made } = countingEngine();
    const host = new KernelHost(counting);
    expect(bytesOf(host, 3 * megabyte)).toBe(3 * megabyte);
    expect(bytesOf(host, 8)).toBe(3 * megabyte);
    expect(made()).toBe(1);
  });

  test('is given back when a large problem is done', () => {
    const { engine: counting, made } = countingEngine();
    const host = new KernelHost(counting);
    expect(bytesOf(host, 65 * megabyte)).toBe(65 * megabyte);
    expect(bytesOf(host, 8)).toBe(65_536);
    expect(made()).toBe(2);
  });

  test('of a work within another is another one', () => {
    const host = new KernelHost(engine);
    host.run(8, (_kernels, outer) => {
      outer[0] = 1;
      host.run(8, (_inner, inner) => inner.fill(2));
      expect(outer[0]).toBe(1);
      return 0;
    });
    expect.assertions(1);
  });

  test('that a problem cannot have leaves it to the scalar twin: beyond 2 GB, or when the machine has no more', () => {
    expect(bytesOf(new KernelHost(engine), 2 ** 31)).toBeNull();
    expect(bytesOf(exhaustedHost(new RangeError('no more memory')), 16)).toBeNull();
    expect(() => bytesOf(exhaustedHost(new Error('something else')), 16)).toThrow('something else');
  });
});
