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
export type OpenWitnessMemory = (file: string) => Promise<WitnessMemory>;

/** A note as a witness shows it; `file` is named in refusals. */
export interface ShownNote {
  readonly file: string;
  readonly note: string;
}

/** A signed checkpoint that is offered to a witness as growth of the tree of `old` leaves. */
export interface Offer {
  readonly old: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
}

/** What a witness makes of an offer. */
export type Taken =
  /** Kept; the lines are its cosignatures, as they came, and empty where it signs nothing. */
  | { readonly kind: 'kept'; readonly lines: string }
  /** It remembers a tree of another size than `old`. */
  | { readonly kind: 'other size'; readonly size: number }
  /** What it remembers is no beginning of what was offered. */
  | { readonly kind: 'contradicted'; readonly why: string }
  | { readonly kind: 'refused' | 'away'; readonly why: string };

/** What a witness shows of a log, null where it remembers nothing, or shows nothing to anybody. */
export type Shown = { readonly kind: 'shown'; readonly newest: ShownNote | null } | { readonly kind: 'away'; readonly why: string };

/**
 * A place that remembers sealed checkpoints: a folder, a repository, a server of the witness protocol. It throws for what is wrong with
 * itself on this machine, and answers for everything else.
 */
export interface Witness {
  /** The widest note of an origin. */
  show(origin: string): Promise<Shown>;
  take(offer: Offer, origin: string): Promise<Taken>;
}

/** Where a witness is, beyond this machine. */
export type WitnessAddress =
  | { readonly kind: 'tlog'; readonly place: string; readonly url: string; /** C2SP, of type 0x04. */ readonly verifierKey: string }
  | { readonly kind: 'git'; readonly place: string; readonly url: string; readonly branch: string };

/** `memory` is a folder in which a repository is remembered between calls, so that one that was rewritten is seen; null remembers none. */
export type OpenWitness = (address: WitnessAddress, memory: string | null) => Witness;
