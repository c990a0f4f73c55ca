import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { plainError } from '../../domain/shared/plain-error.ts';
import { guardProcess, type TimeAllowance } from './guard.ts';
import { type Answer, type ColumnSource, type FileKinds, type Request, withoutColumns } from './messages.ts';

/** How much of what was sent may lie about before it is collected. */
const messageBytesKept = 4_194_304;

type Asked = Extract<Request, { readonly kind: 'read' }>;

/** Sends one message and waits until it is written, so that no queue grows in a process of little memory. */
async function send(answer: Answer): Promise<void> {
  await new Promise<void>((resolve) => {
    process.send?.(answer, undefined, undefined, () => resolve());
  });
}

/**
 * Lets go of the memory of messages, which V8 would leave until there is far more of it. The parent starts this process with --expose-gc.
 */
function collect(): void {
  if (globalThis.gc === undefined) throw new Error('the process that reads files needs --expose-gc');
  globalThis.gc();
}

/** A column that was read has earned the time of the next: a file takes what its cells are worth. */
const columnMs = 5;
const cellsPerMs = 500;

async function sendColumns(columns: readonly ColumnSource[], time: TimeAllowance): Promise<void> {
  let kept = 0;
  for (const column of columns) {
    const values = typeof column === 'function' ? await column() : column;
    await send({ kind: 'column', values });
    time.extend(columnMs + values.length / cellsPerMs);
    kept += values.byteLength;
    if (kept < messageBytesKept) continue;
    collect();
    kept = 0;
  }
}

async function readAndAnswer(kinds: FileKinds, { reader, file, asked }: Asked, bytes: Uint8Array, time: TimeAllowance): Promise<void> {
  try {
    const kind = kinds[reader];
    if (kind === undefined) throw new Error(`there is no reader ${reader}`);
    const read = await kind.load();
    time.begin(limits.parsingCpuMsMax + kind.msPerMebibyte * (bytes.length / 1_048_576));
    const { value, columns } = withoutColumns(await read(bytes, file, asked));
    await send({ kind: 'value', value, columns: columns.length });
    await sendColumns(columns, time);
  } catch (error) {
    if (error instanceof LedgerError) await send({ kind: 'refused', refusal: plainError(error) });
    else await send({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
  } finally {
    time.end();
  }
}

/** Makes this process read foreign files for its parent, one after the other, until the parent lets go of it. */
export async function serveParsing(kinds: FileKinds): Promise<void> {
  // A terminal interrupts every process of its group; this one ends with its parent.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(0));
  const time = await guardProcess(limits.parsingMemoryBytesMax);
  let next: { readonly request: Asked; readonly bytes: Uint8Array; filled: number } | null = null;
  process.on('message', (message: Request) => {
    if (message.kind === 'read') next = { request: message, bytes: new Uint8Array(message.length), filled: 0 };
    else if (next !== null) {
      next.bytes.set(message.bytes, next.filled);
      next.filled += message.bytes.length;
    }
    if (next === null || next.filled < next.bytes.length) return;
    const { request, bytes } = next;
    next = null;
    collect();
    void readAndAnswer(kinds, request, bytes, time);
  });
  await send({ kind: 'ready' });
}
