import dbClient, { type ResolvedEvent } from '@eventstore/db-client';
import utils from '@eventstore/db-client/dist/utils/index.js';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type { PersistentSubscriptionsClient } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type {
  CreateReq,
  CreateResp,
  GetInfoResp,
  ReadReq as PersistentReadReq,
  ReadResp as PersistentReadResp,
  SubscriptionInfo,
} from '@eventstore/db-client/generated/persistent_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendResp, BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { CallOptions, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { ExpectedRevision } from '../../handlers/ports/ports.ts';
import { type Appended, appendedBy } from './appended.ts';
import type { ConnectionSettings } from './connection-string.ts';
import { clientError, NoAnswer } from './failures.ts';
import { NameSpace } from './name-space.ts';
import type { LogPosition } from './positions.ts';
import {
  allRead,
  appendMessages,
  type Direction,
  type Filter,
  groupInfoRequest,
  joinRequest,
  type Proposed,
  streamRead,
} from './requests.ts';
import { SharedAppends } from './shared-appends.ts';

/** The gRPC status. */
const alreadyExists = 6;
/** Larger appends have a call of their own: in a shared one the small ones would queue behind them. */
const sharedBytesMax = 65_536;

/**
 * The client with calls of its own. The reads of version 6.2.1 ignore every deadline (a silent server holds them forever), throw
 * while iterating over a missing stream, and cannot filter `$all`. Its calls for groups first ask the server without any deadline what it
 * can do, and remember an unanswered question forever. Its append cannot be let go of.
 *
 * Streams and events go by the ledger's own names, and what is not the ledger's comes as links whose event is gone.
 */
export class LedgerClient extends dbClient.EventStoreDBClient {
  readonly credentials: ConnectionSettings['credentials'];
  readonly names: NameSpace;
  #appendsUnderWay = 0;
  readonly #shared = new SharedAppends(
    () => this.#openShared(),
    (ms) => this.createDeadline(ms),
  );

  constructor(settings: ConnectionSettings) {
    const [first] = settings.endpoints;
    const common = settings.connectionName === null ? {} : { connectionName: settings.connectionName };
    const channel =
      settings.rootCertificate === null
        ? { insecure: !settings.tls }
        : { insecure: !settings.tls, rootCertificate: settings.rootCertificate };
    if (settings.discover) super({ discover: first!, ...common }, channel);
    else if (settings.endpoints.length > 1) super({ endpoints: [...settings.endpoints], nodePreference: 'leader', ...common }, channel);
    else super({ endpoint: first!, ...common }, channel);
    this.credentials = settings.credentials;
    this.names = new NameSpace(settings.ledger);
  }

  /**
   * One append; answers where the last event stands. The signal lets go of a call whose answer nobody needs any more. One that is alone
   * has a call of its own.
   */
  async append(
    stream: string,
    proposed: readonly Proposed[],
    expected: ExpectedRevision,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Appended> {
    const own = proposed.map((event) => ({ ...event, type: this.names.outerType(event.type) }));
    this.#appendsUnderWay++;
    try {
      if (this.#appendsUnderWay > 1 && own.reduce((sum, { bytes }) => sum + bytes.length, 0) <= sharedBytesMax) {
        const appended = await this.#shared.append(this.names.outer(stream), own, expected, deadlineMs / 2, signal);
        if (appended !== null) return appended;
        if (signal.aborted) throw new NoAnswer('nobody waits any more');
      }
      return await this.#appendAlone(stream, own, expected, deadlineMs, signal);
    } finally {
      this.#appendsUnderWay--;
    }
  }

  async #appendAlone(
    stream: string,
    own: readonly Proposed[],
    expected: ExpectedRevision,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Appended> {
    const messages = appendMessages(this.names.outer(stream), own, expected);
    return this.execute(streamsService.StreamsClient, 'append', async (client) => {
      const how = this.callArguments({ credentials: this.credentials, deadline: deadlineMs, requiresLeader: true });
      return new Promise<Appended>((resolve, reject) => {
        const call = client.append(...how, (error, answer) => {
          if (error !== null) return reject(clientError(error));
          if (answer.hasSuccess()) return resolve(appendedBy(answer.getSuccess()!));
          reject(answer.hasWrongExpectedVersion() ? wrongVersion(stream, answer) : new NoAnswer('an answer without a word'));
        });
        // Said to the callback as well.
        call.on('error', () => undefined);
        signal.addEventListener('abort', () => call.cancel(), { once: true });
        for (const message of messages) call.write(message);
        call.end();
      });
    });
  }

  async #openShared(): Promise<ClientDuplexStream<BatchAppendReq, BatchAppendResp>> {
    const how = { credentials: this.credentials, requiresLeader: true };
    const open = this.GRPCStreamCreator(streamsService.StreamsClient, 'openShared', (client) =>
      client.batchAppend(...this.callArguments(how, { deadline: Infinity })),
    );
    return open();
  }

  /** Keeps the newest events of a stream only, unless its metadata have been written before. Errors: WrongExpectedVersionError. */
  async boundStream(stream: string, maxCount: number, deadlineMs: number): Promise<void> {
    const options = {
      expectedRevision: dbClient.NO_STREAM,
      credentials: this.credentials,
      deadline: deadlineMs,
      requiresLeader: true,
    } as const;
    await this.setStreamMetadata(this.names.outer(stream), { maxCount }, options);
  }

  /** Events of a stream from a revision; null when there is no such stream. */
  async readStreamPage(
    stream: string,
    from: bigint | 'end',
    maxCount: number,
    direction: Direction,
    deadlineMs: number,
  ): Promise<ResolvedEvent[] | null> {
    return this.#page(streamRead(this.names.outer(stream), from, maxCount, direction), deadlineMs);
  }

  /** Events of `$all` from a position, inclusive; null starts at the beginning, or backwards at the end. */
  async readAllPage(
    from: LogPosition | null,
    filter: Filter,
    maxCount: number,
    direction: Direction,
    deadlineMs: number,
  ): Promise<ResolvedEvent[]> {
    const own: Filter =
      'streams' in filter
        ? { streams: this.names.outerPattern(filter.streams) }
        : { types: filter.types.map((type) => this.names.outerType(type)) };
    return (await this.#page(allRead(from, own, maxCount, direction), deadlineMs)) ?? [];
  }

  /** Makes a group of competing readers; false when there is one of that name. */
  async createGroup(request: CreateReq, deadlineMs: number): Promise<boolean> {
    try {
      await this.#ask<CreateResp>('createGroup', deadlineMs, (client, how, answer) => client.create(request, ...how, answer));
      return true;
    } catch (error) {
      if (error instanceof dbClient.PersistentSubscriptionExistsError || (error as { code?: unknown }).code === alreadyExists) return false;
      throw error;
    }
  }

  async groupInfo(name: string, deadlineMs: number): Promise<SubscriptionInfo> {
    const request = groupInfoRequest(name);
    const answer = await this.#ask<GetInfoResp>('groupInfo', deadlineMs, (client, how, done) => client.getInfo(request, ...how, done));
    return answer.getSubscriptionInfo()!;
  }

  /** A membership: events come, acknowledgements go. The caller cancels it. */
  async openGroup(name: string, unsettledMax: number): Promise<ClientDuplexStream<PersistentReadReq, PersistentReadResp>> {
    const how = { credentials: this.credentials, requiresLeader: true };
    const open = this.GRPCStreamCreator(persistentService.PersistentSubscriptionsClient, 'openGroup', (client) =>
      client.read(...this.callArguments(how, { deadline: Infinity })),
    );
    const stream = await open();
    // An error may come when nobody listens any more.
    stream.on('error', () => undefined);
    stream.write(joinRequest(name, unsettledMax));
    return stream;
  }

  /** Ends what is under way and lets go of the connection. */
  async shutDown(): Promise<void> {
    await this.dispose();
    (await this.getChannel()).close();
  }

  async #ask<T>(
    name: string,
    deadlineMs: number,
    call: (
      client: PersistentSubscriptionsClient,
      how: [Metadata, CallOptions],
      answer: (error: ServiceError | null, value: T) => void,
    ) => unknown,
  ): Promise<T> {
    return this.execute(persistentService.PersistentSubscriptionsClient, name, async (client) => {
      const how = this.callArguments({ credentials: this.credentials, deadline: deadlineMs, requiresLeader: true });
      return new Promise<T>((resolve, reject) => {
        call(client, how, (error, value) => (error === null ? resolve(value) : reject(clientError(error))));
      });
    });
  }

  async #page(request: ReadReq, deadlineMs: number): Promise<ResolvedEvent[] | null> {
    const open = this.GRPCStreamCreator(streamsService.StreamsClient, 'read', (client) =>
      client.read(request, ...this.callArguments({ credentials: this.credentials, deadline: deadlineMs })),
    );
    const answers = await open();
    // One may come after the loop has ended, when nobody listens any more.
    answers.on('error', () => undefined);
    const events: ResolvedEvent[] = [];
    let missing = false;
    try {
      // Read to the end, also when there is nothing more to learn: leaving would reset the stream, and servers drop connections that reset
      // many.
      for await (const answer of answers as AsyncIterable<ReadResp>) {
        missing ||= answer.hasStreamNotFound();
        if (answer.hasEvent()) events.push(this.names.inner(utils.convertGrpcEvent<ResolvedEvent>(answer.getEvent()!)));
      }
      return missing ? null : events;
    } catch (error) {
      throw clientError(error as Error);
    } finally {
      answers.cancel();
    }
  }
}

function wrongVersion(stream: string, answer: AppendResp): dbClient.WrongExpectedVersionError {
  const wrong = answer.getWrongExpectedVersion()!;
  return new dbClient.WrongExpectedVersionError(undefined, {
    streamName: stream,
    current: wrong.hasCurrentRevision() ? BigInt(wrong.getCurrentRevision()) : 'no_stream',
    expected: wrong.hasExpectedRevision() ? BigInt(wrong.getExpectedRevision()) : 'no_stream',
  });
}
