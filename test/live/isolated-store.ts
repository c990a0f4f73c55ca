/** A store of its own on a shared server: what was there before is not seen, and what is left behind disturbs nobody. */
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type {
  ListArtifactsOptions,
  AppendOptions,
  AppendResult,
  Artifacts,
  CheckpointRecord,
  Checkpoints,
  Deliveries,
  Delivery,
  DeliveryOptions,
  EventStore,
  EventToAppend,
  Membership,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../../handlers/ports/ports.ts';
import { limits } from '../../domain/shared/limits.ts';
import { groupName } from '../../infra/eventstoredb/group.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

export class IsolatedStore implements EventStore {
  readonly #store: EventStore;
  readonly #artifacts: Artifacts;
  readonly #token: string;
  /** Head of the server when the subject was made. */
  readonly #start: string | null;

  constructor(store: EventStore, artifacts: Artifacts, token: string, start: string | null) {
    this.#store = store;
    this.#artifacts = artifacts;
    this.#token = token;
    this.#start = start;
  }

  /** `sleeveRun-a` is kept as `sleeveRun-<token>-a`, `ledger` as `scan-<token>-_-ledger`; a bad name stays as bad as it is. */
  outer(stream: string): string {
    if (stream === 'ledger') return `scan-${this.#token}-_-ledger`;
    return /^[a-z][A-Za-z]*-/.test(stream) && !stream.includes('\u0000') ? stream.replace('-', `-${this.#token}-`) : stream;
  }

  async append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult> {
    await this.#artifacts.putAll(options.artifacts ?? []);
    const answer = await this.#store.append(this.outer(stream), events, { expectedRevision: options.expectedRevision });
    return { ...answer, events: answer.events.map((event) => this.inner(event)) };
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    return (await this.#store.readStream(this.outer(stream), options)).map((event) => this.inner(event));
  }

  async readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    for (let after = options.after ?? this.#start; ;) {
      const page = await this.#store.readAll({ ...options, after });
      found.push(...page.filter((event) => this.isOurs(event)).map((event) => this.inner(event)));
      if (page.length < options.maxCount || found.length >= options.maxCount) return found.slice(0, options.maxCount);
      after = page.at(-1)!.position;
    }
  }

  async *subscribeAll(options: SubscribeOptions): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const event of this.#store.subscribeAll({ ...options, after: options.after ?? this.#start })) {
      if (this.isOurs(event)) yield this.inner(event);
    }
  }

  async head(): Promise<string | null> {
    let last: string | null = null;
    for (;;) {
      const page = await this.readAll({ after: last, maxCount: limits.readPageEventsMax, types: null });
      if (page.length === 0) return last;
      last = page.at(-1)!.position;
    }
  }

  comparePositions(left: string, right: string): number {
    return this.#store.comparePositions(left, right);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  isOurs(event: StoredEvent): boolean {
    return event.stream.includes(`-${this.#token}-`);
  }

  inner(event: StoredEvent): StoredEvent {
    const stream = event.stream === this.outer('ledger') ? 'ledger' : event.stream.replace(`-${this.#token}-`, '-');
    return { ...event, stream };
  }
}

/** Lists what was put through it; everything else is the server's. */
export class OwnArtifacts implements Artifacts {
  readonly #artifacts: Artifacts;
  readonly #own: Set<string>;

  constructor(artifacts: Artifacts, own: Set<string>) {
    this.#artifacts = artifacts;
    this.#own = own;
  }

  async put(bytes: Uint8Array): ReturnType<Artifacts['put']> {
    const info = await this.#artifacts.put(bytes);
    this.#own.add(info.sha256);
    return info;
  }

  async putAll(contents: readonly Uint8Array[]): ReturnType<Artifacts['putAll']> {
    const infos = await this.#artifacts.putAll(contents);
    for (const { sha256 } of infos) this.#own.add(sha256);
    return infos;
  }

  get(sha256: string): Promise<Uint8Array> {
    return this.#artifacts.get(sha256);
  }

  has(sha256: string): Promise<boolean> {
    return this.#artifacts.has(sha256);
  }

  async list({ after, limit }: ListArtifactsOptions): Promise<readonly string[]> {
    return (await addressesIn(this.#artifacts))
      .filter((address) => this.#own.has(address) && (after === null || address > after))
      .slice(0, limit);
  }
}

/** Names of their own on a shared server. */
export class OwnCheckpoints implements Checkpoints {
  readonly #checkpoints: Checkpoints;
  readonly #token: string;

  constructor(checkpoints: Checkpoints, token: string) {
    this.#checkpoints = checkpoints;
    this.#token = token;
  }

  read(name: string): Promise<CheckpointRecord | null> {
    return this.#checkpoints.read(this.#outer(name));
  }

  write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord> {
    return this.#checkpoints.write(this.#outer(name), value, expected);
  }

  /** A bad name stays as bad as it is. */
  #outer(name: string): string {
    return name === '' ? '' : `${this.#token}-${name}`;
  }
}

/** Groups of their own, in which only what the isolated store holds is seen. */
export class OwnDeliveries implements Deliveries {
  readonly #deliveries: Deliveries;
  readonly #store: IsolatedStore;
  readonly #token: string;
  readonly #groups: Set<string>;

  /** `groups` gathers the names at the server, for whoever cleans up. */
  constructor(deliveries: Deliveries, store: IsolatedStore, token: string, groups: Set<string>) {
    this.#deliveries = deliveries;
    this.#store = store;
    this.#token = token;
    this.#groups = groups;
  }

  join(group: string, options: DeliveryOptions): Membership {
    const membership = this.#deliveries.join(`${this.#token}-${group}`, options);
    if (options.types.length > 0) this.#groups.add(groupName(`${this.#token}-${group}`, options.types));
    return { joined: membership.joined, [Symbol.asyncIterator]: () => this.#own(membership) };
  }

  async *#own(membership: Membership): AsyncGenerator<Delivery, void, undefined> {
    for await (const delivery of membership) {
      if (this.#store.isOurs(delivery.event)) yield { ...delivery, event: this.#store.inner(delivery.event) };
      else await delivery.settle();
    }
  }
}
