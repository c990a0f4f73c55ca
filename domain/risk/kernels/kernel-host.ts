import { kernelCode } from './kernel-code.ts';
import { webAssemblyEngine, type KernelMemory, type WebAssemblyEngine } from './web-assembly.ts';

/** Functions of `assembly/`; addresses and strides count bytes. */
export interface Kernels {
  addPass(panels: number, stride: number, left: number, rows: number, tiles: number): void;
  centrePass(rows: number, means: number, rowCount: number, columns: number, panels: number, stride: number): void;
  addSquaredGaps(panels: number, stride: number, left: number, rows: number, tiles: number): void;
  factorPanel(factor: number, panel: number, rows: number, floor: number, growth: number, scratch: number): number;
  multiplyPanels(matrix: number, panels: number, columns: number, vector: number, product: number): void;
  solvePanels(factor: number, size: number, vector: number, scratch: number): void;
  toDistances(values: number, count: number): void;
}

interface KernelInstance {
  readonly kernels: Kernels;
  readonly memory: KernelMemory;
}

const pageBytes = 65_536;
/** Addresses are compared as 32 bits; a problem that needs more is left to the scalar twin. */
const bytesMax = 2_147_483_648 - pageBytes;
/** A memory cannot shrink: an instance that has grown beyond this is not kept. */
const keptBytesMax = 64 * 1_048_576;

/** What the engine makes of the kernels: null where there is no WebAssembly, or none with SIMD. */
function compile(engine: WebAssemblyEngine | undefined): (() => KernelInstance) | null {
  if (engine === undefined) return null;
  const code = Uint8Array.from(atob(kernelCode), (letter) => letter.charCodeAt(0));
  if (!engine.validate(code)) return null;
  const module = new engine.Module(code);
  return () => {
    const { exports } = new engine.Instance(module);
    return { kernels: exports as unknown as Kernels, memory: exports['memory'] as KernelMemory };
  };
}

/** The one place that decides between the SIMD kernels and their scalar twins: once, when the first large problem asks. */
export class KernelHost {
  readonly #engine: WebAssemblyEngine | undefined;
  #instantiate: (() => KernelInstance) | null | undefined;
  #idle: KernelInstance | null = null;

  constructor(engine: WebAssemblyEngine | undefined) {
    this.#engine = engine;
  }

  /**
   * What `work` makes of the kernels with at least so many bytes of memory, or null where the scalar twin has to do it: no SIMD, or more
   * memory than there is. The memory holds what the last work left there. Within `work` another run has an instance of its own.
   */
  run<Result extends object | number>(bytes: number, work: (kernels: Kernels, memory: Float64Array) => Result): Result | null {
    if (this.#instantiate === undefined) this.#instantiate = compile(this.#engine);
    if (this.#instantiate === null || bytes > bytesMax) return null;
    const instance = this.#idle ?? this.#instantiate();
    this.#idle = null;
    if (!hasRoom(instance.memory, bytes)) return null;
    const result = work(instance.kernels, new Float64Array(instance.memory.buffer));
    if (instance.memory.buffer.byteLength <= keptBytesMax) this.#idle = instance;
    return result;
  }
}

function hasRoom(memory: KernelMemory, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / pageBytes));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The kernels of this process. */
export const kernelHost = new KernelHost(webAssemblyEngine);
