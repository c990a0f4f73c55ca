import { type ProducedResult, type ReturnsAs, resultOfRun } from '../messages/result-of-run.ts';
import type { MessageSink } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';

export type { ReturnsAs };

/** Where the message goes. */
export type ResultTarget = { readonly file: string } | { readonly topic: string; readonly sink: () => Promise<MessageSink> };

/** Sends a recorded sleeve run as a message, or writes the message to a file. Errors: those of `resultOfRun` and of the target. */
export async function produceResult(session: Session, runId: string, returnsAs: ReturnsAs, target: ResultTarget): Promise<ProducedResult> {
  const produced = await resultOfRun(session, runId, returnsAs);
  const { message } = produced;
  if ('file' in target) await session.ports.files.writeWhole(target.file, message.value);
  else await (await target.sink()).send(target.topic, [message]);
  return produced;
}
