import messages from '@eventstore/db-client/generated/persistent_pb.js';
import type { CreateReq, ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { Faults } from './faults.ts';
import { type FakeLog, isBefore, type LogRecord } from './log.ts';
import { deliveryAnswer, failure, membershipAnswer, passes } from './messages.ts';

export type GroupCall = ServerDuplexStream<ReadReq, ReadResp>;

interface Pending {
  readonly record: LogRecord;
  readonly tries: number;
}

interface Member {
  readonly call: GroupCall;
  readonly unsettledMax: number;
  readonly unsettled: Map<string, { readonly pending: Pending; readonly timer: NodeJS.Timeout }>;
  sent: number;
  silent: boolean;
}

/** Acknowledgements of what came last may still arrive. */
const dropAfterMs = 10;

/** One persistent subscription to `$all`: competing members, time-outs, retries and parking as the server has them. */
export class FakeGroup {
  readonly parked: LogRecord[] = [];
  /** Ids settled, in order: what the members and the server agree on. */
  readonly settled: string[] = [];
  /** Ids handed back, in order. */
  readonly refused: string[] = [];
  retriesMax: number;
  timeoutMs: number;
  readonly #log: FakeLog;
  readonly #faults: Faults;
  readonly #matches: (record: LogRecord) => boolean;
  readonly #start: () => number;
  readonly #single: boolean;
  readonly #again: Pending[] = [];
  readonly #members: Member[] = [];
  readonly #stopListening: () => void;
  /** Index in the log of the next record to look at. */
  #next: number;

  constructor(log: FakeLog, faults: Faults, options: CreateReq.Options) {
    const all = options.getAll()!;
    const settings = options.getSettings()!;
    this.#log = log;
    this.#faults = faults;
    this.#matches = passes(all);
    this.timeoutMs = settings.getMessageTimeoutMs();
    this.retriesMax = settings.getMaxRetryCount();
    this.#single = settings.getNamedConsumerStrategy() === messages.CreateReq.ConsumerStrategy.DISPATCHTOSINGLE;
    this.#start = () => startOf(log, all);
    this.#next = this.#start();
    this.#stopListening = log.onAppend(() => this.#pump());
  }

  get members(): number {
    return this.#members.length;
  }

  join(call: GroupCall, unsettledMax: number): void {
    const member: Member = { call, unsettledMax, unsettled: new Map(), sent: 0, silent: this.#faults.groups.mute === true };
    this.#members.push(member);
    const leave = (): void => this.#remove(member);
    call.on('cancelled', leave);
    call.on('close', leave);
    call.write(membershipAnswer());
    this.#pump();
  }

  heard(call: GroupCall, request: ReadReq): void {
    const member = this.#members.find((each) => each.call === call);
    if (member === undefined || this.#faults.groups.deaf === true) return;
    for (const id of (request.getAck()?.getIdsList() ?? []).map((each) => each.getString()))
      if (this.#take(member, id) !== null) this.settled.push(id);
    for (const id of (request.getNack()?.getIdsList() ?? []).map((each) => each.getString())) {
      this.refused.push(id);
      this.#retry(this.#take(member, id));
    }
    this.#pump();
  }

  /** The server goes down and comes back before it noted any place: the group begins again, and "from the end" is a later end. */
  restart(): void {
    this.drop(failure(status.UNAVAILABLE));
    this.#again.length = 0;
    this.#next = this.#start();
  }

  drop(error: ReturnType<typeof failure>): void {
    while (this.#members.length > 0) this.#drop(this.#members[0]!, error);
  }

  stop(): void {
    this.#stopListening();
    while (this.#members.length > 0) this.#remove(this.#members[0]!);
  }

  #pump(): void {
    for (let pending = this.#head(); pending !== null; pending = this.#head()) {
      const member = this.#free();
      if (member === undefined) return;
      if (this.#again.length > 0) this.#again.shift();
      else this.#next++;
      this.#send(member, pending);
    }
  }

  #head(): Pending | null {
    if (this.#again.length > 0) return this.#again[0]!;
    while (this.#next < this.#log.records.length && !this.#matches(this.#log.records[this.#next]!)) this.#next++;
    const record = this.#log.records[this.#next];
    return record === undefined ? null : { record, tries: 0 };
  }

  /** The first member that may hold more; taking turns, it goes to the back. */
  #free(): Member | undefined {
    const index = this.#members.findIndex((member) => member.unsettled.size < member.unsettledMax && !member.silent);
    if (index === -1) return undefined;
    const [member] = this.#members.splice(index, 1);
    if (this.#single) this.#members.unshift(member!);
    else this.#members.push(member!);
    return member;
  }

  #send(member: Member, pending: Pending): void {
    const { record, tries } = pending;
    const { double = false, unresolvedLinks = false, dropEvery, dropBy = 'status', code = status.UNAVAILABLE } = this.#faults.groups;
    const timer = setTimeout(() => {
      this.#retry(this.#take(member, record.id));
      this.#pump();
    }, this.timeoutMs);
    member.unsettled.set(record.id, { pending, timer });
    if (unresolvedLinks)
      member.call.write(deliveryAnswer({ ...record, id: record.id.replace(/^.{8}/, 'ffffffff') }, tries, 'unresolved link'));
    member.call.write(deliveryAnswer(record, tries));
    if (double) member.call.write(deliveryAnswer(record, tries));
    member.sent++;
    if (dropEvery === undefined || member.sent < dropEvery) return;
    member.silent = true;
    if (dropBy !== 'silence') setTimeout(() => this.#drop(member, dropBy === 'end' ? null : failure(code)), dropAfterMs);
  }

  #drop(member: Member, error: ReturnType<typeof failure> | null): void {
    if (error === null) member.call.end();
    else member.call.emit('error', error);
    this.#remove(member);
  }

  #take(member: Member, id: string): Pending | null {
    const entry = member.unsettled.get(id);
    if (entry === undefined) return null;
    clearTimeout(entry.timer);
    member.unsettled.delete(id);
    return entry.pending;
  }

  #retry(pending: Pending | null): void {
    if (pending === null) return;
    if (pending.tries >= this.retriesMax) this.parked.push(pending.record);
    else this.#again.push({ record: pending.record, tries: pending.tries + 1 });
  }

  #remove(member: Member): void {
    const index = this.#members.indexOf(member);
    if (index === -1) return;
    this.#members.splice(index, 1);
    for (const id of member.unsettled.keys()) this.#retry(this.#take(member, id));
    this.#again.sort((left, right) => (isBefore(left.record, right.record) ? -1 : 1));
    this.#pump();
  }
}

/** The record at the position itself is delivered too. */
function startOf(log: FakeLog, all: CreateReq.AllOptions): number {
  if (all.hasEnd()) return log.records.length;
  const given = all.getPosition();
  if (given === undefined) return 0;
  const from = { commit: BigInt(given.getCommitPosition()), prepare: BigInt(given.getPreparePosition()) };
  const index = log.records.findIndex((record) => !isBefore(record, from));
  return index === -1 ? log.records.length : index;
}
