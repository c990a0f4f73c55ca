import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadFault } from './faults.ts';
import { isBefore, type FakeLog, type LogRecord } from './log.ts';
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
  const visible = log.records.filter((record) => log.isVisible(record) && matches(record));
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  // Forwards the server starts at the position itself, backwards in front of it.
  const found = backwards
    ? visible.filter((record) => from === null || isBefore(record, from)).toReversed()
    : visible.filter((record) => from === null || !isBefore(record, from));
  send(call, found.slice(0, Number(options.getCount())), fault);
}
