/** What the kernels need of WebAssembly, which neither ECMAScript's nor Node's types declare. */
export interface WebAssemblyEngine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** A memory in pages of 64 kB; growing it replaces its buffer. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The engine of this process; undefined where there is none. */
export const webAssemblyEngine = (globalThis as { readonly WebAssembly?: WebAssemblyEngine }).WebAssembly;
