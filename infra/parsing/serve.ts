import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { plainError } from '../../domain/shared/plain-error.ts';
import { guardMemory } from './memory-guard.ts';
import { type Answer, type ColumnSource, type FileReaders, type Request, withoutColumns } from './messages.ts';

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

async function sendColumns(columns: readonly ColumnSource[]): Promise<void> {
  let kept = 0;
  for (const column of columns) {
    const values = typeof column === 'function' ? await column() : column;
    await send({ kind: 'column', values });
    kept += values.byteLength;
    if (kept < messageBytesKept) continue;
    collect();
    kept = 0;
  }
}

async function readAndAnswer(readers: FileReaders, { reader, file, asked }: Asked, bytes: Uint8Array): Promise<void> {
  try {
    const read = readers[reader];
    if (read === undefined) throw new Error(`there is no reader ${reader}`);
    const { value, columns } = withoutColumns(await read(bytes, file, asked));
    await send({ kind: 'value', value, columns: columns.length });
    await sendColumns(columns);
  } catch (error) {
    if (error instanceof LedgerError) await send({ kind: 'refused', refusal: plainError(error) });
    else await send({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
  }
}

/** Makes this process read foreign files for its parent, one after the other, until the parent lets go of it. */
export async function serveParsing(readers: FileReaders): Promise<void> {
  // A terminal interrupts every process of its group; this one ends with its parent.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(0));
  await guardMemory(limits.parsingMemoryBytesMax);
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
    void readAndAnswer(readers, request, bytes);
  });
  await send({ kind: 'ready' });
}
