import groups from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadResp as GroupResp } from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { AllStreamPosition } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, status } from '@grpc/grpc-js';
import type { Decision, Expected, LogRecord, ProposedRecord } from './log.ts';

const { ReadResp: Response } = streams;

export function streamNameOf(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  return Buffer.from(identifier!.getStreamName_asU8()).toString('utf8');
}

function identifierOf(name: string): InstanceType<typeof shared.StreamIdentifier> {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8').toString('base64'));
  return identifier;
}

interface Proposal {
  getId(): { getString(): string } | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

export function proposedOf(message: Proposal): ProposedRecord {
  const map = message.getMetadataMap();
  return {
    id: message.getId()!.getString(),
    type: map.get('type')!,
    contentType: map.get('content-type')!,
    metadata: message.getCustomMetadata_asU8(),
    data: message.getData_asU8(),
  };
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(options: ExpectedOptions, revision: () => string | number): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : BigInt(revision());
}

export function expectedOfAppend(options: AppendReq.Options): Expected {
  return expectedOf(options, () => options.getRevision());
}

export function appendAnswer(decision: Exclude<Decision, { kind: 'deleted' }>, expected: Expected): AppendResp {
  const answer = new streams.AppendResp();
  if (decision.kind === 'success') {
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision(String(decision.revision));
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(decision.record.commit));
    position.setPreparePosition(String(decision.record.prepare));
    success.setPosition(position);
    answer.setSuccess(success);
    return answer;
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (decision.current === null) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(decision.current));
  if (typeof expected === 'bigint') wrong.setExpectedRevision(String(expected));
  else wrong.setExpectedNoStream(new shared.Empty());
  answer.setWrongExpectedVersion(wrong);
  return answer;
}

/** Reads and groups have a class of their own each for the same thing. */
function filled<R extends ReadResp.ReadEvent.RecordedEvent | GroupResp.ReadEvent.RecordedEvent>(recorded: R, record: LogRecord): R {
  const id = new shared.UUID();
  id.setString(record.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(record.stream));
  recorded.setStreamRevision(String(record.revision));
  recorded.setCommitPosition(String(record.commit));
  recorded.setPreparePosition(String(record.prepare));
  recorded.getMetadataMap().set('type', record.type);
  recorded.getMetadataMap().set('content-type', record.contentType);
  recorded.getMetadataMap().set('created', '638000000000000000');
  recorded.setCustomMetadata(record.metadata);
  recorded.setData(record.data);
  return recorded;
}

export function eventAnswer(record: LogRecord, as: 'event' | 'unresolved link' = 'event'): ReadResp {
  const event = new Response.ReadEvent();
  const recorded = filled(new Response.ReadEvent.RecordedEvent(), record);
  if (as === 'event') event.setEvent(recorded);
  else event.setLink(recorded);
  event.setCommitPosition(String(record.commit));
  const answer = new Response();
  answer.setEvent(event);
  return answer;
}

export function checkpointAnswer(record: LogRecord): ReadResp {
  const checkpoint = new Response.Checkpoint();
  checkpoint.setCommitPosition(String(record.commit));
  checkpoint.setPreparePosition(String(record.prepare));
  const answer = new Response();
  answer.setCheckpoint(checkpoint);
  return answer;
}

export function confirmationAnswer(): ReadResp {
  const confirmation = new Response.SubscriptionConfirmation();
  confirmation.setSubscriptionId('00000000-0000-4000-8000-000000000000');
  const answer = new Response();
  answer.setConfirmation(confirmation);
  return answer;
}

export function notFoundAnswer(stream: string): ReadResp {
  const notFound = new Response.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  const answer = new Response();
  answer.setStreamNotFound(notFound);
  return answer;
}

export function deliveryAnswer(record: LogRecord, tries: number, as: 'event' | 'unresolved link' = 'event'): GroupResp {
  const event = new groups.ReadResp.ReadEvent();
  const recorded = filled(new groups.ReadResp.ReadEvent.RecordedEvent(), record);
  if (as === 'event') event.setEvent(recorded);
  else event.setLink(recorded);
  event.setCommitPosition(String(record.commit));
  event.setRetryCount(tries);
  const answer = new groups.ReadResp();
  answer.setEvent(event);
  return answer;
}

export function membershipAnswer(): GroupResp {
  const confirmation = new groups.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId('00000000-0000-4000-8000-000000000000');
  const answer = new groups.ReadResp();
  answer.setSubscriptionConfirmation(confirmation);
  return answer;
}

interface Expression {
  getPrefixList(): string[];
  getRegex(): string;
}

interface Filter {
  hasEventType(): boolean;
  getEventType(): Expression | undefined;
  getStreamIdentifier(): Expression | undefined;
}

/** Whether a record passes the filter of a request. */
export function passes(options: { getFilter(): Filter | undefined }): (record: LogRecord) => boolean {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const expression = filter.getEventType() ?? filter.getStreamIdentifier()!;
  const text = (record: LogRecord): string => (filter.hasEventType() ? record.type : record.stream);
  const prefixes = expression.getPrefixList();
  const pattern = new RegExp(expression.getRegex());
  return (record) => (prefixes.length > 0 ? prefixes.some((prefix) => text(record).startsWith(prefix)) : pattern.test(text(record)));
}

export function failure(
  code: status,
  extra: Readonly<Record<string, string>> = {},
  details = `the fake server answers ${status[code]}`,
): { readonly code: status; readonly details: string; readonly metadata: Metadata } {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(extra)) metadata.set(name, value);
  return { code, details, metadata };
}

export function deletedFailure(stream: string): ReturnType<typeof failure> {
  return failure(status.FAILED_PRECONDITION, { exception: 'stream-deleted', 'stream-name': stream });
}

/** As the server says that a user lacks a right, or that it takes no such password. */
export const accessDenied = failure(status.PERMISSION_DENIED, { exception: 'access-denied' }, 'Access Denied');
export const unauthenticated = failure(status.UNAUTHENTICATED, {}, 'Received HTTP status code 401');

/** Between two leaders, of calls that require one: without the details from which the client makes its NotLeaderError. */
export const noLeader = failure(status.NOT_FOUND, {}, 'Leader info available');
export const notReady = failure(status.UNAVAILABLE, {}, 'Server Is Not Ready');
export const commitTimeout = failure(status.ABORTED, {}, 'Operation timed out: Commit phase timeout.');

/** As the answer of a shared append has it. */
export function positionOf({ commit, prepare }: LogRecord): AllStreamPosition {
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(commit));
  position.setPreparePosition(String(prepare));
  return position;
}
