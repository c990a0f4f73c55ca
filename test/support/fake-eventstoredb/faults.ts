import { status } from '@grpc/grpc-js';

/** What the next appends, reads or subscriptions meet instead of an answer; taken one by one, the default is to behave. */
export type AppendFault =
  | { readonly kind: 'silent' }
  | { readonly kind: 'status'; readonly code: status; readonly after?: 'commit' }
  | { readonly kind: 'not leader'; readonly address: string; readonly port: string }
  | { readonly kind: 'ends' }
  | { readonly kind: 'empty answer' }
  | { readonly kind: 'late'; readonly ms: number };

export type ReadFault = { readonly kind: 'silent' } | { readonly kind: 'status'; readonly code: status; readonly afterEvents?: number };

export interface SubscriptionFaults {
  /** The stream ends after so many events, by a status or cleanly. */
  readonly dropEvery?: number;
  readonly dropBy?: 'status' | 'end' | 'silence';
  readonly code?: status;
  /** Each event is sent twice. */
  readonly double?: boolean;
  /** A checkpoint of the newest position is sent before the events up to it. */
  readonly checkpointFirst?: boolean;
  /** Before each event comes a link whose event is gone. */
  readonly unresolvedLinks?: boolean;
}

/** Met when a group is made or looked at, one by one. */
export type GroupCallFault = { readonly kind: 'silent' } | { readonly kind: 'status'; readonly code: status; readonly after?: 'commit' };

export interface GroupFaults extends Pick<SubscriptionFaults, 'dropEvery' | 'dropBy' | 'code' | 'double' | 'unresolvedLinks'> {
  /** A member is confirmed and hears nothing. */
  readonly mute?: boolean;
  /** Acknowledgements and refusals are thrown away. */
  readonly deaf?: boolean;
  /** A member is turned away. */
  readonly refuse?: status;
}

export class Faults {
  readonly appends: AppendFault[] = [];
  /** Met by appends that share a call, before those. */
  readonly shared: AppendFault[] = [];
  readonly reads: ReadFault[] = [];
  /** Meets every append until cleared. */
  everyAppend: AppendFault | null = null;
  everyRead: ReadFault | null = null;
  subscriptions: SubscriptionFaults = {};
  groups: GroupFaults = {};
  readonly creations: GroupCallFault[] = [];
  /** Meets every look at a group until cleared. */
  everyInfo: GroupCallFault | null = null;
  featuresSilent = false;
  /** The server knows no call that appends share. */
  sharedUnknown = false;
  /** From an append's arrival until it is stored. One of the same events that arrives in between is dropped. */
  commitMs = 0;
  /** What a dropped append is answered after two seconds: that its commit timed out, or nothing. */
  dropped: 'commit timeout' | 'silence' = 'commit timeout';
  /** Between two leaders. */
  isElecting = false;
  readonly denied = new Set<Denial>();
  /** From the arrival of a word of a group's member until it is heard; one on its way is lost when the call is cancelled. */
  hearMs = 0;

  nextAppend(): AppendFault | null {
    return this.appends.shift() ?? this.everyAppend;
  }

  nextShared(): AppendFault | null {
    return this.shared.shift() ?? this.nextAppend();
  }

  nextRead(): ReadFault | null {
    return this.reads.shift() ?? this.everyRead;
  }
}

/** What a user lacks: calls that meet it are refused. */
export type Denial = 'password' | 'read $all' | 'read' | 'append' | 'groups';

/** Every status that says that something went wrong. */
export const failingStatuses = Object.values(status).filter((code): code is status => typeof code === 'number' && code !== status.OK);
