/** What a call asks of the server. */
export type Call =
  'append' | 'write metadata' | 'read a stream' | 'read metadata' | 'read $all' | 'make a group' | 'look at a group' | 'join a group';

/** What was asked, of whom and by whom. */
export interface Asked {
  readonly call: Call;
  readonly server: string;
  readonly user: string;
  readonly stream?: string;
  readonly expected?: string;
}
