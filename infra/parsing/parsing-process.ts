import { type ChildProcess, fork } from 'node:child_process';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { refusalOf } from '../../domain/shared/plain-error.ts';
import { type Answer, type Request, withColumns } from './messages.ts';

/** Reads foreign files in a process of their own. */
export interface ParsingProcess {
  /** What the named reader makes of the bytes. Errors: those of the reader, LimitExceeded (memory, time), FileUnreadable, Interrupted. */
  read(reader: string, bytes: Uint8Array, file: string, asked?: unknown): Promise<unknown>;
  /** Ends what is read, and reads no more: every file that was asked for, or will be, is Interrupted. */
  stop(): void;
}

type Asked = Extract<Request, { readonly kind: 'read' }>;

interface Options {
  /** The module that the process runs, and the flags of Node that it needs. */
  readonly entry: string;
  readonly execArgv: readonly string[];
  /** Time for a file of this length. */
  readonly deadlineMs?: (bytes: number) => number;
  /** A process that nobody asked for so long is let go. */
  readonly idleMs?: number;
}

const pieceBytes = 1_048_576;
const startMsMax = 60_000;
/** The heap of V8 is bounded too, so that garbage is collected before the process takes more. */
const heapMegabytes = Math.floor(limits.parsingMemoryBytesMax / 2_097_152);
/** Texts of cells live for a moment: in the young part of the heap as V8 sizes it, what is left of them would take 30 MB and more. */
const youngHeapMegabytes = 2;

function usualDeadline(bytes: number): number {
  return limits.parsingMsMax + Math.ceil((limits.parsingMsMax * bytes) / 10_485_760);
}

function interruptedAt(file: string): LedgerError {
  return new LedgerError('Interrupted', `${file}: interrupted before it was read`, { at: { file } });
}

/** Why a process ended that was reading a file. */
function endOf(file: string, code: number | null, signal: NodeJS.Signals | null): LedgerError {
  // Its own guard and the system kill it, V8 aborts it (134 where a shell stands between).
  if (signal === 'SIGKILL' || signal === 'SIGABRT' || code === 134)
    return new LedgerError('LimitExceeded', `${file}: reading it takes more than ${limits.parsingMemoryBytesMax} bytes of memory`, {
      evidence: { max: limits.parsingMemoryBytesMax },
      at: { file },
    });
  if (signal === 'SIGVTALRM')
    return new LedgerError('LimitExceeded', `${file}: reading it takes more time of the processor than a file of its length may`, {
      evidence: { ms: limits.parsingCpuMsMax },
      at: { file },
    });
  return new LedgerError('FileUnreadable', `${file}: the process that reads files ended with ${signal ?? `status ${code}`}`, {
    at: { file },
  });
}

/** One process, started when the first file needs it and used for the next ones; whatever ends it, the next file gets another. */
class OneProcess implements ParsingProcess {
  readonly #options: Required<Options>;
  #child: ChildProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | null = null;
  /** Before it is ready as well. */
  #started: ChildProcess | null = null;
  #stopped = false;

  constructor(options: Options) {
    this.#options = { deadlineMs: usualDeadline, idleMs: 5_000, ...options };
  }

  async read(reader: string, bytes: Uint8Array, file: string, asked: unknown = null): Promise<unknown> {
    const turn = this.#last.then(async () => this.#readNext({ kind: 'read', reader, file, asked, length: bytes.length }, bytes));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  stop(): void {
    this.#stopped = true;
    this.#started?.kill('SIGKILL');
  }

  async #readNext(request: Asked, bytes: Uint8Array): Promise<unknown> {
    const { file } = request;
    if (this.#stopped) throw interruptedAt(file);
    if (this.#idle !== null) clearTimeout(this.#idle);
    const child = this.#child ?? (await this.#start(file));
    child.ref();
    child.channel?.ref();
    try {
      const value = this.#answer(child, bytes.length, file);
      void this.#send(child, request, bytes);
      return await value;
    } finally {
      child.unref();
      child.channel?.unref();
      this.#idle = setTimeout(() => this.#letGo(child), this.#options.idleMs);
      this.#idle.unref();
    }
  }

  #letGo(child: ChildProcess): void {
    if (this.#child === child) this.#child = null;
    if (child.connected) child.disconnect();
  }

  async #start(file: string): Promise<ChildProcess> {
    const { entry, execArgv } = this.#options;
    const child = fork(entry, [], {
      execArgv: [`--max-old-space-size=${heapMegabytes}`, `--max-semi-space-size=${youngHeapMegabytes}`, '--expose-gc', ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Nothing of the environment is its business; Windows needs to know where it lives.
      env: process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] },
    });
    this.#started = child;
    child.on('exit', () => {
      if (this.#child === child) this.#child = null;
      if (this.#started === child) this.#started = null;
    });
    await this.#untilAnswer(child, startMsMax, file, (answer) => (answer.kind === 'ready' ? { done: true } : null));
    this.#child = child;
    return child;
  }

  /** Pieces of a bounded size: a message is held whole by both sides. A process that ends meanwhile is reported by its end. */
  async #send(child: ChildProcess, request: Asked, bytes: Uint8Array): Promise<void> {
    const send = async (message: Request): Promise<boolean> =>
      new Promise((resolve) => {
        if (child.connected) child.send(message, (error) => resolve(error === null));
        else resolve(false);
      });
    if (!(await send(request))) return;
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      if (!(await send({ kind: 'piece', bytes: bytes.subarray(from, from + pieceBytes) }))) return;
    }
  }

  async #answer(child: ChildProcess, length: number, file: string): Promise<unknown> {
    const columns: Float64Array[] = [];
    let whole: { readonly value: unknown; readonly columns: number } | null = null;
    return this.#untilAnswer(child, this.#options.deadlineMs(length), file, (answer) => {
      if (answer.kind === 'value') whole = answer;
      // The bytes of a message stay as long as a part of it: a copy lets go of them.
      if (answer.kind === 'column') columns.push(Float64Array.from(answer.values));
      return whole !== null && columns.length === whole.columns ? { done: withColumns(whole.value, columns) } : null;
    });
  }

  /** Listens until `take` has what it wants; refusals, the end of the process and the deadline end it too. */
  async #untilAnswer(
    child: ChildProcess,
    deadlineMs: number,
    file: string,
    take: (answer: Answer) => { readonly done: unknown } | null,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(deadline);
        child.off('message', onMessage);
        child.off('exit', onExit);
        finish();
      };
      const onMessage = (answer: Answer): void => {
        const taken = take(answer);
        if (taken !== null) settle(() => resolve(taken.done));
        else if (answer.kind === 'refused') {
          const refusal = refusalOf(answer.refusal);
          settle(() => reject(refusal));
        } else if (answer.kind === 'failed') settle(() => reject(new Error(`${file}: ${answer.why}`)));
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
        settle(() => reject(this.#stopped ? interruptedAt(file) : endOf(file, code, signal)));
      const deadline = setTimeout(() => {
        this.#child = null;
        child.kill('SIGKILL');
        const error = new LedgerError('LimitExceeded', `${file}: it was not read within ${deadlineMs / 1000} seconds`, {
          evidence: { ms: deadlineMs },
          at: { file },
        });
        settle(() => reject(error));
      }, deadlineMs);
      child.on('message', onMessage);
      child.on('exit', onExit);
    });
  }
}

/** A process for reading foreign files; it starts with the first of them. */
export function createParsingProcess(options: Options): ParsingProcess {
  return new OneProcess(options);
}
