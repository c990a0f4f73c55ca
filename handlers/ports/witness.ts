/** Witnesses: what one remembers, and how one is asked. */

/** What a witness remembers of each log. */
export interface WitnessMemory {
  /** Whether it remembers nothing yet. */
  readonly isEmpty: () => boolean;
  /** The note that was cosigned last for an origin. */
  last(origin: string): string | null;
  /**
   * Reads the last note of an origin and puts another in its place, in one transaction that no other process can divide, on disk when this
   * returns; `decide` gives no note to leave it. Errors: StoreBusy, StoreFull, StoreIo.
   */
  replace<Result>(origin: string, decide: (last: string | null) => { readonly note: string | null; readonly result: Result }): Result;
  /** Keeps a signed checkpoint that was refused: it may convict its log. Some of each origin are kept, and no more. */
  keepRefused(origin: string, note: string, at: string): void;
  refused(origin: string): readonly string[];
  close(): void;
}

/** The memory in a file, which is made where it is missing. Errors: StoreBusy, StoreFull, StoreIo. */
export type OpenWitnessMemory = (file: string) => WitnessMemory;
