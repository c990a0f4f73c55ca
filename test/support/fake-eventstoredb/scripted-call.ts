/** The call of a group's member, without a server: a test pushes what the server sends, and sees what the member says. */
import { Duplex } from 'node:stream';
import groups from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import type { LogRecord } from './log.ts';

export class ScriptedCall extends Duplex {
  /** What was said, as `ack ID`, `nack ACTION REASON ID`, `end` and `cancel`. */
  readonly said: string[] = [];
  /** A server that does not read: words stay on their way. */
  isDeaf = false;

  constructor() {
    super({ objectMode: true, emitClose: false, autoDestroy: false });
    this.on('error', () => undefined);
  }

  /** Answers of the server, as they arrive: in bytes. */
  bring(...answers: readonly ReadResp[]): void {
    for (const answer of answers) this.push(groups.ReadResp.deserializeBinary(answer.serializeBinary()));
  }

  override _read(): void {
    // What there is was pushed.
  }

  override _write(request: ReadReq, _encoding: string, done: () => void): void {
    for (const id of request.getAck()?.getIdsList() ?? []) this.said.push(`ack ${id.getString()}`);
    const refusal = request.getNack();
    for (const id of refusal?.getIdsList() ?? []) this.said.push(`nack ${refusal!.getAction()} ${refusal!.getReason()} ${id.getString()}`);
    if (!this.isDeaf) done();
  }

  override _final(done: () => void): void {
    this.said.push('end');
    done();
  }

  cancel(): void {
    this.said.push('cancel');
    this.destroy();
  }
}

/** An event as the server keeps it, at a commit position. */
export function logRecordAt(commit: number, more: Partial<LogRecord> = {}): LogRecord {
  return {
    id: `00000000-0000-4000-8000-${String(commit).padStart(12, '0')}`,
    type: 'ThingSeen',
    stream: 'sleeve-a',
    revision: 3n,
    contentType: 'application/octet-stream',
    metadata: Buffer.from('{"attempt":"a","contentHash":"c","hash":"h","recordedAt":"t"}'),
    data: Buffer.from(`{"at":${commit}}`),
    commit: BigInt(commit),
    prepare: BigInt(commit),
    ...more,
  };
}
