/** Workers as they are seen from elsewhere. */

/** What a worker says of one of its roles, or of what it rests on. */
export interface WorkerCheck {
  readonly name: string;
  readonly ok: boolean;
  /** In words: how far behind it is, or why it does not work. */
  readonly detail: string;
}

export type WorkerAnswer =
  | { readonly kind: 'answered'; readonly ready: boolean; readonly checks: readonly WorkerCheck[] }
  /** Nothing answers there, or no worker. */
  | { readonly kind: 'away'; readonly why: string };

export interface WorkerProbe {
  /** Asks a worker at the address of its health, and never longer than `limits.workerAskMsMax`. */
  ask(url: string): Promise<WorkerAnswer>;
}
