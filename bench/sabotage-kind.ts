/** One thing done wrong on purpose, and the test that has to notice. */
export interface Sabotage {
  /** The row of docs/reliability.md that it is about, or what the names of several begin with. */
  readonly row: string;
  /** What the names of other rows begin with whose tests notice the same. */
  readonly also?: readonly string[];
  readonly what: string;
  readonly file: string;
  /** Text that stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** Test file, as a pattern of its path. */
  readonly test: string;
  /** Pattern of the names of the tests that are run; all of the file where it is left out. */
  readonly named?: string;
  /** Makes the row's own test as short as this needs: trials, and how long is waited for what will not come. */
  readonly environment?: Readonly<Partial<Record<'FAULT_TRIALS' | 'FAULT_WAIT_MS' | 'PROPERTY_RUNS', string>>>;
  /** What the test needs beside Node: it is left out where that is missing. */
  readonly needs?: 'kafka' | 'strace' | 'python' | 'reference data';
}
