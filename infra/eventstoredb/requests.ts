/** The messages of the client's own stubs that the calls of this adapter send. */
import type { BinaryEventType } from '@eventstore/db-client';
import utils from '@eventstore/db-client/dist/utils/index.js';
import persistentMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type { GetInfoReq, ReadReq as PersistentReadReq } from '@eventstore/db-client/generated/persistent_pb.js';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, BatchAppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import timestampMessages from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { ExpectedRevision } from '../../handlers/ports/ports.ts';
import type { LogPosition } from './positions.ts';

const { AppendReq: Append, BatchAppendReq: Batch, ReadReq: Request } = streamsMessages;

export type Direction = 'forwards' | 'backwards';

/** Names are matched in full by the server's regular expressions. */
export type Filter = { readonly streams: string } | { readonly types: readonly string[] };

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly metadata: BinaryEventType['metadata'];
}

function identifierOf(stream: string): ReturnType<typeof utils.createStreamIdentifier> {
  return utils.createStreamIdentifier(stream);
}

function readRequest(maxCount: number, direction: Direction): { readonly request: ReadReq; readonly options: ReadReq.Options } {
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

export function streamRead(stream: string, from: bigint | 'end', maxCount: number, direction: Direction): ReadReq {
  const { request, options } = readRequest(maxCount, direction);
  const place = new Request.Options.StreamOptions();
  place.setStreamIdentifier(identifierOf(stream));
  if (from === 'end') place.setEnd(new sharedMessages.Empty());
  else place.setRevision(String(from));
  options.setStream(place);
  return request;
}

/** From a position, inclusive; null starts at the beginning, or backwards at the end. */
export function allRead(from: LogPosition | null, filter: Filter, maxCount: number, direction: Direction): ReadReq {
  const { request, options } = readRequest(maxCount, direction);
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
  return request;
}

/** A header that names the stream, then one message for each event. */
export function appendMessages(stream: string, proposed: readonly Proposed[], expected: ExpectedRevision): readonly AppendReq[] {
  const options = new Append.Options();
  options.setStreamIdentifier(identifierOf(stream));
  if (expected === 'none') options.setNoStream(new sharedMessages.Empty());
  else options.setRevision(String(expected));
  const header = new Append();
  header.setOptions(options);
  return [header, ...proposed.map(proposedMessage)];
}

function proposedMessage(proposed: Proposed): AppendReq {
  const request = new Append();
  request.setProposedMessage(filled(new Append.ProposedMessage(), proposed));
  return request;
}

/** Single appends and shared ones have a class of their own each for the same thing. */
function filled<M extends AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage>(message: M, proposed: Proposed): M {
  const { id, type, bytes, metadata } = proposed;
  message.setId(utils.createUUID(id));
  message.getMetadataMap().set('type', type);
  message.getMetadataMap().set('content-type', 'application/octet-stream');
  message.setData(bytes);
  if (metadata !== undefined) message.setCustomMetadata(Buffer.from(JSON.stringify(metadata), 'utf8'));
  return message;
}

/** One append of a call that several share, whole; its answer bears the id. */
export function batchRequest(
  id: string,
  stream: string,
  proposed: readonly Proposed[],
  expected: ExpectedRevision,
  deadline: Date,
): BatchAppendReq {
  const options = new Batch.Options();
  options.setStreamIdentifier(identifierOf(stream));
  options.setDeadline(timestampMessages.Timestamp.fromDate(deadline));
  if (expected === 'none') options.setNoStream(new emptyMessages.Empty());
  else options.setStreamPosition(String(expected));
  const request = new Batch();
  request.setCorrelationId(utils.createUUID(id));
  request.setOptions(options);
  request.setProposedMessagesList(proposed.map((event) => filled(new Batch.ProposedMessage(), event)));
  request.setIsFinal(true);
  return request;
}

export function groupInfoRequest(name: string): GetInfoReq {
  const options = new persistentMessages.GetInfoReq.Options();
  options.setAll(new sharedMessages.Empty());
  options.setGroupName(name);
  const request = new persistentMessages.GetInfoReq();
  request.setOptions(options);
  return request;
}

export function joinRequest(name: string, unsettledMax: number): PersistentReadReq {
  const uuids = new persistentMessages.ReadReq.Options.UUIDOption();
  uuids.setString(new sharedMessages.Empty());
  const options = new persistentMessages.ReadReq.Options();
  options.setAll(new sharedMessages.Empty());
  options.setGroupName(name);
  options.setBufferSize(unsettledMax);
  options.setUuidOption(uuids);
  const request = new persistentMessages.ReadReq();
  request.setOptions(options);
  return request;
}
