import groupMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type {
  CreateReq,
  CreateResp,
  DeleteReq,
  DeleteResp,
  GetInfoReq,
  GetInfoResp,
  ReadReq,
} from '@eventstore/db-client/generated/persistent_pb.js';
import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Faults } from './faults.ts';
import { FakeGroup, type GroupCall } from './group.ts';
import type { FakeLog } from './log.ts';
import { accessDenied, failure, noLeader, notReady } from './messages.ts';

/** Persistent subscriptions of the fake server: making, joining, looking at and deleting groups. */
export class FakeGroups {
  readonly byName = new Map<string, FakeGroup>();
  /** Calls received: tests count what reached the server. */
  readonly calls = { create: 0, join: 0, info: 0 };
  readonly #log: FakeLog;
  readonly #faults: Faults;

  constructor(log: FakeLog, faults: Faults) {
    this.#log = log;
    this.#faults = faults;
  }

  /** The only group there is. */
  get only(): FakeGroup {
    if (this.byName.size !== 1) throw new Error(`there are ${this.byName.size} groups`);
    return [...this.byName.values()][0]!;
  }

  get service(): UntypedServiceImplementation {
    return {
      create: (call: ServerUnaryCall<CreateReq, CreateResp>, answer: sendUnaryData<CreateResp>) =>
        this.#create(call.request.getOptions()!, answer),
      read: (call: GroupCall) => this.#join(call),
      getInfo: (call: ServerUnaryCall<GetInfoReq, GetInfoResp>, answer: sendUnaryData<GetInfoResp>) =>
        this.#hear(() => this.#info(call.request.getOptions()!.getGroupName(), answer)),
      delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) =>
        this.#delete(call.request.getOptions()!.getGroupName(), answer),
      update: unimplemented,
      replayParked: unimplemented,
      list: unimplemented,
      restartSubsystem: unimplemented,
    };
  }

  stop(): void {
    for (const group of this.byName.values()) group.stop();
  }

  #create(options: CreateReq.Options, answer: sendUnaryData<CreateResp>): void {
    this.calls.create++;
    if (this.#faults.denied.has('groups')) return answer(accessDenied);
    if (this.#faults.isElecting) return answer(noLeader);
    const fault = this.#faults.creations.shift();
    if (fault?.kind === 'silent') return;
    if (fault?.kind === 'status' && fault.after !== 'commit') return answer(failure(fault.code));
    const name = options.getGroupName();
    if (this.byName.has(name))
      return answer(failure(status.ALREADY_EXISTS, { exception: 'persistent-subscription-exists', 'group-name': name }));
    this.byName.set(name, new FakeGroup(this.#log, this.#faults, options));
    if (fault?.kind === 'status') return answer(failure(fault.code));
    answer(null, new groupMessages.CreateResp());
  }

  #join(call: GroupCall): void {
    this.calls.join++;
    call.on('error', () => undefined);
    const { refuse } = this.#faults.groups;
    if (this.#faults.isElecting) return void call.emit('error', notReady);
    if (refuse !== undefined) return void call.emit('error', failure(refuse));
    let group: FakeGroup | undefined;
    call.on('data', (request: ReadReq) => {
      const options = request.getOptions();
      if (options === undefined) return this.#hear(() => call.cancelled || group?.heard(call, request));
      group = this.byName.get(options.getGroupName());
      if (group === undefined) call.emit('error', missing(options.getGroupName()));
      else group.join(call, options.getBufferSize());
    });
  }

  /** Words and questions of one connection are taken in their order. */
  #hear(take: () => unknown): void {
    const { hearMs } = this.#faults;
    if (hearMs === 0) take();
    else setTimeout(take, hearMs);
  }

  #info(name: string, answer: sendUnaryData<GetInfoResp>): void {
    this.calls.info++;
    const fault = this.#faults.everyInfo;
    if (fault?.kind === 'silent') return;
    if (fault?.kind === 'status') return answer(failure(fault.code));
    if (this.#faults.denied.has('groups')) return answer(accessDenied);
    const group = this.byName.get(name);
    if (group === undefined) return answer(missing(name));
    const info = new groupMessages.SubscriptionInfo();
    info.setGroupName(name);
    info.setParkedMessageCount(String(group.parked.length));
    info.setMaxRetryCount(group.retriesMax);
    const response = new groupMessages.GetInfoResp();
    response.setSubscriptionInfo(info);
    answer(null, response);
  }

  #delete(name: string, answer: sendUnaryData<DeleteResp>): void {
    if (!this.byName.has(name)) return answer(missing(name));
    this.byName.get(name)?.drop(failure(status.CANCELLED, { exception: 'persistent-subscription-dropped', 'group-name': name }));
    this.byName.get(name)?.stop();
    this.byName.delete(name);
    answer(null, new groupMessages.DeleteResp());
  }
}

function unimplemented(_call: unknown, answer: sendUnaryData<never>): void {
  answer(failure(status.UNIMPLEMENTED));
}

function missing(name: string): ReturnType<typeof failure> {
  return failure(status.NOT_FOUND, { exception: 'persistent-subscription-does-not-exist', 'group-name': name });
}
