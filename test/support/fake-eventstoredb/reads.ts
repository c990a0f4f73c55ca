import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadFault } from './faults.ts';
import { type FakeLog, indexAt, type LogRecord } from './log.ts';
import { deletedFailure, eventAnswer, failure, notFoundAnswer, passes, streamNameOf } from './messages.ts';

type Call = ServerWritableStream<ReadReq, ReadResp>;

function send(call: Call, records: readonly LogRecord[], fault: ReadFault | null): void {
  if (fault?.kind === 'status') {
    for (const record of records.slice(0, fault.afterEvents ?? 0)) call.write(eventAnswer(record));
    call.emit('error', failure(fault.code));
    return;
  }
  for (const record of records) call.write(eventAnswer(record));
  call.end();
}

export function readStream(log: FakeLog, call: Call, options: ReadReq.Options, fault: ReadFault | null): void {
  const place = options.getStream()!;
  const stream = streamNameOf(place.getStreamIdentifier());
  if (log.isTombstoned(stream)) {
    call.emit('error', deletedFailure(stream));
    return;
  }
  const records = log.visible(stream);
  if (records === null) {
    call.write(notFoundAnswer(stream));
    call.end();
    return;
  }
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const from = place.hasStart() ? 0n : place.hasEnd() ? records.at(-1)!.revision : BigInt(place.getRevision());
  const found = backwards
    ? records.filter((record) => record.revision <= from).toReversed()
    : records.filter((record) => record.revision >= from);
  send(call, found.slice(0, Number(options.getCount())), fault);
}

export function readAll(log: FakeLog, call: Call, options: ReadReq.Options, fault: ReadFault | null): void {
  const place = options.getAll()!;
  const matches = passes(options);
  const given = place.getPosition();
  const from = given === undefined ? null : { commit: BigInt(given.getCommitPosition()), prepare: BigInt(given.getPreparePosition()) };
  const { records } = log;
  const isShown = (record: LogRecord): boolean => matches(record) && log.isVisible(record);
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const count = Number(options.getCount());
  const found: LogRecord[] = [];
  // Forwards the server starts at the position itself, backwards in front of it.
  const start = from === null ? (backwards ? records.length : 0) : indexAt(records, from);
  for (let at = backwards ? start - 1 : start; at >= 0 && at < records.length && found.length < count; at += backwards ? -1 : 1)
    if (isShown(records[at]!)) found.push(records[at]!);
  send(call, found, fault);
}
