import dbClient, { type ResolvedEvent } from '@eventstore/db-client';
import utils from '@eventstore/db-client/dist/utils/index.js';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type { PersistentSubscriptionsClient } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistentMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type {
  CreateReq,
  CreateResp,
  GetInfoResp,
  ReadReq as PersistentReadReq,
  ReadResp as PersistentReadResp,
  SubscriptionInfo,
} from '@eventstore/db-client/generated/persistent_pb.js';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { CallOptions, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { ConnectionSettings } from './connection-string.ts';
import type { LogPosition } from './positions.ts';

const { ReadReq: Request } = streamsMessages;
/** The gRPC status. */
const alreadyExists = 6;

export type Direction = 'forwards' | 'backwards';

/** Names are matched in full by the server's regular expressions. */
export type Filter = { readonly streams: string } | { readonly types: readonly string[] };

function requestOf(maxCount: number, direction: Direction): { readonly request: ReadReq; readonly options: ReadReq.Options } {
  const options = new Request.Options();
  const uuids = new Request.Options.UUIDOption();
  uuids.setString(new sharedMessages.Empty());
  options.setUuidOption(uuids);
  options.setResolveLinks(false);
  options.setCount(String(maxCount));
  options.setReadDirection(direction === 'forwards' ? Request.Options.ReadDirection.FORWARDS : Request.Options.ReadDirection.BACKWARDS);
  options.setNoFilter(new sharedMessages.Empty());
  const request = new Request();
  request.setOptions(options);
  return { request, options };
}

function filterMessage(filter: Filter): ReadReq.Options.FilterOptions {
  const message = new Request.Options.FilterOptions();
  const expression = new Request.Options.FilterOptions.Expression();
  if ('streams' in filter) {
    expression.setRegex(filter.streams);
    message.setStreamIdentifier(expression);
  } else {
    expression.setPrefixList([...filter.types]);
    message.setEventType(expression);
  }
  message.setCount(new sharedMessages.Empty());
  message.setCheckpointintervalmultiplier(1);
  return message;
}

/**
 * The client with reads of its own: those of version 6.2.1 ignore every deadline (a silent server holds them forever), throw
 * while iterating over a missing stream, and cannot filter `$all`. So do its calls for groups, which first ask the server without
 * any deadline what it can do, and remember an unanswered question forever.
 */
export class LedgerClient extends dbClient.EventStoreDBClient {
  readonly credentials: ConnectionSettings['credentials'];

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
  }

  /** Events of a stream from a revision; null when there is no such stream. */
  async readStreamPage(
    stream: string,
    from: bigint | 'end',
    maxCount: number,
    direction: Direction,
    deadlineMs: number,
  ): Promise<ResolvedEvent[] | null> {
    const { request, options } = requestOf(maxCount, direction);
    const identifier = new sharedMessages.StreamIdentifier();
    identifier.setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
    const place = new Request.Options.StreamOptions();
    place.setStreamIdentifier(identifier);
    if (from === 'end') place.setEnd(new sharedMessages.Empty());
    else place.setRevision(String(from));
    options.setStream(place);
    return this.#page(request, deadlineMs);
  }

  /** Events of `$all` from a position, inclusive; null starts at the beginning, or backwards at the end. */
  async readAllPage(
    from: LogPosition | null,
    filter: Filter,
    maxCount: number,
    direction: Direction,
    deadlineMs: number,
  ): Promise<ResolvedEvent[]> {
    const { request, options } = requestOf(maxCount, direction);
    const place = new Request.Options.AllOptions();
    if (from !== null) {
      const position = new Request.Options.Position();
      position.setCommitPosition(String(from.commit));
      position.setPreparePosition(String(from.prepare));
      place.setPosition(position);
    } else if (direction === 'forwards') place.setStart(new sharedMessages.Empty());
    else place.setEnd(new sharedMessages.Empty());
    options.setAll(place);
    options.setFilter(filterMessage(filter));
    return (await this.#page(request, deadlineMs)) ?? [];
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
    const options = new persistentMessages.GetInfoReq.Options();
    options.setAll(new sharedMessages.Empty());
    options.setGroupName(name);
    const request = new persistentMessages.GetInfoReq();
    request.setOptions(options);
    const answer = await this.#ask<GetInfoResp>('groupInfo', deadlineMs, (client, how, done) => client.getInfo(request, ...how, done));
    return answer.getSubscriptionInfo()!;
  }

  /** A membership: events come, acknowledgements go. The caller cancels it. */
  async openGroup(name: string, unsettledMax: number): Promise<ClientDuplexStream<PersistentReadReq, PersistentReadResp>> {
    const uuids = new persistentMessages.ReadReq.Options.UUIDOption();
    uuids.setString(new sharedMessages.Empty());
    const options = new persistentMessages.ReadReq.Options();
    options.setAll(new sharedMessages.Empty());
    options.setGroupName(name);
    options.setBufferSize(unsettledMax);
    options.setUuidOption(uuids);
    const request = new persistentMessages.ReadReq();
    request.setOptions(options);
    const how = { credentials: this.credentials, requiresLeader: true };
    const open = this.GRPCStreamCreator(persistentService.PersistentSubscriptionsClient, 'openGroup', (client) =>
      client.read(...this.callArguments(how, { deadline: Infinity })),
    );
    const stream = await open();
    // An error may come when nobody listens any more.
    stream.on('error', () => undefined);
    stream.write(request);
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
        call(client, how, (error, value) => (error === null ? resolve(value) : reject(utils.convertToCommandError(error))));
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
        if (answer.hasEvent()) events.push(utils.convertGrpcEvent(answer.getEvent()!));
      }
      return missing ? null : events;
    } catch (error) {
      throw utils.convertToCommandError(error as Error);
    } finally {
      answers.cancel();
    }
  }
}
