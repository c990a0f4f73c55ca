/** Where stored things are not what they should be. Null where the fault is of no single event. */
export interface Fault {
  readonly kind: string;
  readonly stream: string | null;
  readonly revision: number | null;
  readonly position: string | null;
  readonly expected: string;
  readonly actual: string;
}
