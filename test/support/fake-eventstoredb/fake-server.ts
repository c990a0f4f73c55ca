/**
 * An EventStoreDB in this process, made from the client's own generated stubs: the real client talks to it over gRPC. It keeps
 * the server's decision table, soft deletes, tombstones, truncation, filters, checkpoints and groups of competing readers, and misbehaves
 * on command. It answers at once, unless it is given the latency of a real server.
 */
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import groupsService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import service from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  DeleteReq,
  DeleteResp,
  ReadReq,
  ReadResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import * as grpc from '@grpc/grpc-js';
import type {
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Faults } from './faults.ts';
import { FakeGroups } from './groups.ts';
import { FakeLog, type ProposedRecord } from './log.ts';
import {
  accessDenied,
  appendAnswer,
  commitTimeout,
  deletedFailure,
  expectedOf,
  expectedOfAppend,
  failure,
  noLeader,
  positionOf,
  proposedOf,
  streamNameOf,
  unauthenticated,
} from './messages.ts';
import { readAll, readStream } from './reads.ts';
import { subscribe } from './subscriptions.ts';

/** How long a server takes from the arrival of a call to its answer; calls that are under way together wait together. */
export interface Latency {
  readonly appendMs: number;
  readonly readMs: number;
}

/** Of one server on the same machine that flushes each commit; 608 appends a second, one at a time, were measured on such a one. */
export const realLatency: Latency = { appendMs: 2, readMs: 1 };

/** `batchAppend`: calls that several appends share; `batched`: the appends in them. */
type CallName = 'append' | 'batchAppend' | 'batched' | 'read' | 'subscribe' | 'features' | 'dropped';
export type Calls = Readonly<Record<CallName, number>>;

const waited = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** After which the server answers an append that it has dropped. */
const commitTimeoutMs = 2_000;

export class FakeEventStoreDb {
  readonly log = new FakeLog();
  readonly faults = new Faults();
  readonly groups = new FakeGroups(this.log, this.faults);
  latency: Latency = { appendMs: 0, readMs: 0 };
  /** Calls received, by name: tests count what reached the server. */
  readonly calls: { -readonly [Name in CallName]: number } = {
    append: 0,
    batchAppend: 0,
    batched: 0,
    read: 0,
    subscribe: 0,
    features: 0,
    dropped: 0,
  };
  /** What the newest call of each name said of itself, beside its messages. */
  readonly said = new Map<string, Readonly<Record<string, unknown>>>();
  /** The most appends that were under way at the same time. */
  underWayMax = 0;
  #underWay = 0;
  /** Expected revisions of the appends received, in order. */
  readonly expected: string[] = [];
  #server = new grpc.Server();
  #port: number;
  readonly #credentials: grpc.ServerCredentials;
  readonly #isTls: boolean;
  /** Ids of events whose commit is under way. */
  readonly #committing = new Set<string>();

  /** With a certificate it speaks TLS, else plaintext; port 0 takes a free one. */
  static async start(tls: { readonly key: Buffer; readonly cert: Buffer } | null = null, port = 0): Promise<FakeEventStoreDb> {
    const fake = new FakeEventStoreDb(tls, port);
    await fake.comeBack();
    return fake;
  }

  private constructor(tls: { readonly key: Buffer; readonly cert: Buffer } | null, port: number) {
    this.#port = port;
    this.#isTls = tls !== null;
    this.#credentials =
      tls === null
        ? grpc.ServerCredentials.createInsecure()
        : grpc.ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }]);
  }

  /** Listens, again after `goAway` where it did before, with everything that it held. */
  async comeBack(): Promise<void> {
    this.#server = new grpc.Server();
    this.#server.addService(service.StreamsService, this.#heard(this.#streams()));
    this.#server.addService(groupsService.PersistentSubscriptionsService, this.#heard(this.groups.service, 'group '));
    this.#server.addService(features.ServerFeaturesService, this.#features());
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, this.#credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
  }

  #heard(implementation: UntypedServiceImplementation, group = ''): UntypedServiceImplementation {
    const hearing = Object.entries(implementation).map(([name, take]) => [
      name,
      (call: { readonly metadata: grpc.Metadata }, answer: unknown) => {
        this.said.set(group + name, call.metadata.getMap());
        return (take as (call: unknown, answer: unknown) => unknown)(call, answer);
      },
    ]);
    return Object.fromEntries(hearing) as UntypedServiceImplementation;
  }

  /** The calls so far, as they stand now. */
  counted(): Calls {
    return { ...this.calls };
  }

  /** Cuts every connection and takes no other. */
  goAway(): void {
    this.#server.forceShutdown();
  }

  get location(): string {
    return this.#isTls ? `esdb://ledger:secret@127.0.0.1:${this.#port}` : `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    this.groups.stop();
    this.#server.forceShutdown();
  }

  #streams(): UntypedServiceImplementation {
    return {
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => void this.#append(call, answer),
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => this.#batchAppend(call),
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => void this.#read(call),
      delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) => {
        const name = streamNameOf(call.request.getOptions()!.getStreamIdentifier());
        const data = Buffer.from('{"$tb":9223372036854775807}', 'utf8');
        this.log.append(
          `$$${name}`,
          [
            {
              id: '00000000-0000-4000-8000-00000000dead',
              type: '$metadata',
              contentType: 'application/json',
              metadata: new Uint8Array(0),
              data,
            },
          ],
          'any',
        );
        answer(null, new streams.DeleteResp());
      },
      tombstone: (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) => {
        this.log.tombstone(streamNameOf(call.request.getOptions()!.getStreamIdentifier()));
        answer(null, new streams.TombstoneResp());
      },
    };
  }

  #features(): UntypedServiceImplementation {
    return {
      getSupportedMethods: (_call: unknown, answer: sendUnaryData<unknown>) => {
        this.calls.features++;
        if (this.faults.featuresSilent) return;
        const methods = new featureMessages.SupportedMethods();
        methods.setEventStoreServerVersion('23.10.0');
        const groups = 'event_store.client.persistent_subscriptions.PersistentSubscriptions';
        for (const [owner, name, of] of [
          ['event_store.client.streams.Streams', 'batchappend', []],
          ...['create', 'read', 'delete'].map((each) => [groups, each, ['all']] as const),
        ] as const) {
          const method = new featureMessages.SupportedMethod();
          method.setServiceName(owner);
          method.setMethodName(name);
          method.setFeaturesList([...of]);
          methods.addMethods(method);
        }
        answer(null, methods);
      },
    };
  }

  async #append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): Promise<void> {
    this.calls.append++;
    const messages: AppendReq[] = [];
    try {
      for await (const message of call as AsyncIterable<AppendReq>) messages.push(message);
    } catch {
      return;
    }
    // What was cut off on its way is dropped whole, as a server does.
    if (call.cancelled || messages.length < 2) return;
    const options = messages[0]!.getOptions()!;
    const expected = expectedOfAppend(options);
    this.expected.push(String(expected));
    const refusal = this.#refusal('append');
    if (refusal !== null) return answer(refusal);
    if (this.faults.isElecting) return answer(noLeader);
    const fault = this.faults.nextAppend();
    if (fault?.kind === 'silent') return;
    if (fault?.kind === 'empty answer') return answer(null, new streams.AppendResp());
    if (fault?.kind === 'not leader')
      return answer(
        failure(grpc.status.NOT_FOUND, {
          exception: 'not-leader',
          'leader-endpoint-host': fault.address,
          'leader-endpoint-port': fault.port,
        }),
      );
    if (fault?.kind === 'ends') return answer({ code: grpc.status.CANCELLED, details: 'the call ended' });
    if (fault?.kind === 'status' && fault.after !== 'commit') return answer(failure(fault.code));
    const stream = streamNameOf(options.getStreamIdentifier());
    const proposed = messages.slice(1).map((message) => proposedOf(message.getProposedMessage()!));
    if (proposed.some(({ id }) => this.#committing.has(id))) return this.#drop(call, answer);
    await this.#commit(proposed);
    const decision = this.log.append(stream, proposed, expected);
    if (fault?.kind === 'status') return answer(failure(fault.code));
    if (fault?.kind === 'late') await waited(fault.ms);
    if (decision.kind === 'deleted') return answer(deletedFailure(stream));
    answer(null, appendAnswer(decision, expected));
  }

  /** Appends that arrive together are stored together, in the order of their arrival. */
  async #commit(proposed: readonly ProposedRecord[]): Promise<void> {
    const ms = Math.max(this.faults.commitMs, this.latency.appendMs);
    if (ms === 0) return;
    for (const { id } of proposed) this.#committing.add(id);
    this.underWayMax = Math.max(this.underWayMax, ++this.#underWay);
    await waited(ms);
    this.#underWay--;
    for (const { id } of proposed) this.#committing.delete(id);
  }

  /** The second of two appends of the same events that are under way together. */
  #drop(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
    this.calls.dropped++;
    if (this.faults.dropped === 'silence') return;
    const timer = setTimeout(() => answer(commitTimeout), commitTimeoutMs);
    call.on('cancelled', () => clearTimeout(timer));
  }

  #refusal(right: 'append' | 'read' | 'read $all'): ReturnType<typeof failure> | null {
    const { denied } = this.faults;
    if (denied.has('password')) return unauthenticated;
    return denied.has(right) ? accessDenied : null;
  }

  #batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    this.calls.batchAppend++;
    if (this.faults.sharedUnknown) return void call.emit('error', failure(grpc.status.UNIMPLEMENTED));
    const pending = new Map<string, { options: BatchAppendReq.Options; events: ProposedRecord[] }>();
    call.on('error', () => undefined);
    call.on('data', (request: BatchAppendReq) => {
      const id = request.getCorrelationId()!.getString();
      const entry = pending.get(id) ?? { options: request.getOptions()!, events: [] };
      pending.set(id, entry);
      entry.events.push(...request.getProposedMessagesList().map(proposedOf));
      if (!request.getIsFinal()) return;
      pending.delete(id);
      void this.#appendShared(call, request, entry.options, entry.events);
    });
    call.on('end', () => call.end());
  }

  /** What goes wrong with one of them ends the call, and so all that share it. */
  async #appendShared(
    call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
    request: BatchAppendReq,
    options: BatchAppendReq.Options,
    events: readonly ProposedRecord[],
  ): Promise<void> {
    this.calls.batched++;
    const refusal = this.#refusal('append');
    if (refusal !== null) return void call.emit('error', refusal);
    const fault = this.faults.nextShared();
    if (fault?.kind === 'silent') return;
    if (fault?.kind === 'status' && fault.after !== 'commit') return void call.emit('error', failure(fault.code));
    const expected = expectedOf(options, () => options.getStreamPosition());
    this.expected.push(String(expected));
    if (events.some(({ id }) => this.#committing.has(id))) return void this.calls.dropped++;
    await this.#commit(events);
    const decision = this.log.append(streamNameOf(options.getStreamIdentifier()), events, expected);
    if (fault?.kind === 'status') return void call.emit('error', failure(fault.code));
    if (fault?.kind === 'late') await waited(fault.ms);
    const answer = new streams.BatchAppendResp();
    answer.setCorrelationId(request.getCorrelationId());
    answer.setStreamIdentifier(options.getStreamIdentifier());
    if (decision.kind === 'success') {
      const success = new streams.BatchAppendResp.Success();
      success.setCurrentRevision(String(decision.revision));
      success.setPosition(positionOf(decision.record));
      answer.setSuccess(success);
    } else answer.setError(new statuses.Status());
    call.write(answer);
  }

  async #read(call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
    const options = call.request.getOptions()!;
    call.on('error', () => undefined);
    const refusal = this.#refusal(options.hasStream() ? 'read' : 'read $all');
    if (refusal !== null) return void call.emit('error', refusal);
    if (options.hasSubscription()) {
      this.calls.subscribe++;
      subscribe(this.log, this.faults, call, options);
      return;
    }
    this.calls.read++;
    const fault = this.faults.nextRead();
    if (fault?.kind === 'silent') return;
    if (this.latency.readMs > 0) await waited(this.latency.readMs);
    if (call.cancelled) return;
    if (options.hasStream()) readStream(this.log, call, options, fault);
    else readAll(this.log, call, options, fault);
  }
}
