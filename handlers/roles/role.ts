/** A part of the work that a process can take on. */
export interface Role {
  readonly name: string;
  /** Works until the signal aborts, then finishes what is under way. A rejection ends the process. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether it keeps up, for the readiness probe. */
  state(): { readonly ok: boolean; readonly detail: string };
}
