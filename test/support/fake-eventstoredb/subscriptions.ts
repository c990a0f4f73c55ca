import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Faults } from './faults.ts';
import { isBefore, type FakeLog, type LogRecord } from './log.ts';
import { checkpointAnswer, confirmationAnswer, eventAnswer, failure, passes } from './messages.ts';

type Call = ServerWritableStream<ReadReq, ReadResp>;

function firstIndex(log: FakeLog, options: ReadReq.Options): number {
  const place = options.getAll()!;
  const given = place.getPosition();
  if (place.hasEnd()) return log.records.length;
  if (given === undefined) return 0;
  const from = { commit: BigInt(given.getCommitPosition()), prepare: BigInt(given.getPreparePosition()) };
  const index = log.records.findIndex((record) => isBefore(from, record));
  return index === -1 ? log.records.length : index;
}

/** A filtered catch-up subscription to `$all`: events after the position, a checkpoint for every so many looked at, live events. */
export function subscribe(log: FakeLog, faults: Faults, call: Call, options: ReadReq.Options): void {
  const matches = passes(options);
  const filter = options.getFilter();
  const checkpointEvery =
    filter === undefined ? Number.POSITIVE_INFINITY : Math.max(1, filter.getMax()) * filter.getCheckpointintervalmultiplier();
  let next = firstIndex(log, options);
  let sent = 0;
  let looked = 0;
  const state = { over: false };
  const stop = (): void => {
    state.over = true;
    stopListening();
  };
  const drop = (): void => {
    stop();
    const { dropBy = 'status', code = status.UNAVAILABLE } = faults.subscriptions;
    if (dropBy === 'end') call.end();
    else if (dropBy === 'status') call.emit('error', failure(code));
  };
  const sendEvent = (record: LogRecord): void => {
    const { double = false, unresolvedLinks = false, dropEvery } = faults.subscriptions;
    if (unresolvedLinks) call.write(eventAnswer({ ...record, prepare: record.prepare - 1n }, 'unresolved link'));
    call.write(eventAnswer(record));
    if (double) call.write(eventAnswer(record));
    sent++;
    if (dropEvery !== undefined && sent >= dropEvery) drop();
  };
  const pump = (): void => {
    if (faults.subscriptions.checkpointFirst === true && next < log.records.length) call.write(checkpointAnswer(log.records.at(-1)!));
    while (!state.over && next < log.records.length) {
      const record = log.records[next++]!;
      if (log.isVisible(record) && matches(record)) sendEvent(record);
      if (!state.over && ++looked % checkpointEvery === 0) call.write(checkpointAnswer(record));
    }
  };
  const stopListening = log.onAppend(pump);
  call.on('cancelled', stop);
  call.on('close', stop);
  call.write(confirmationAnswer());
  pump();
}
