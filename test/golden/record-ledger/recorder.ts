import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { type MessageLine, type RecordedCommand, type RecordedStage, messageOf } from '../support/ledger-folder.ts';
import { MemoryBroker, type SentMessage } from '../support/memory-broker.ts';
import { type Answer, run } from '../support/program.ts';
import { work } from '../support/working.ts';

export const secondsBetweenCommands = 7;

/** Runs commands in the working folder, one after the other, and keeps what each answered. */
export class Recorder {
  readonly commands: RecordedCommand[] = [];
  readonly stages: RecordedStage[] = [];
  readonly sent: SentMessage[] = [];
  #now = '';
  #stage = '';

  get now(): string {
    return this.#now;
  }

  at(instant: string, stage: string = this.#stage): void {
    this.#now = instant;
    this.#stage = stage;
  }

  #tick(): string {
    return (this.#now = new Date(Date.parse(this.#now) + secondsBetweenCommands * 1000).toISOString());
  }

  /** A command that must end with this status. */
  async run(argv: readonly string[], exit = 0, broker = new MemoryBroker()): Promise<Answer> {
    const now = this.#tick();
    const answered = await run(argv, { now, broker });
    this.#keep(argv, answered, exit, broker);
    return answered.answer;
  }

  /** The run that a command recorded. */
  async runId(argv: readonly string[], exit = 0): Promise<string> {
    return (await this.run(argv, exit)).result!['runId'] as string;
  }

  /** Lets a worker work for a moment. */
  async work(flags: readonly string[], messages: readonly MessageLine[] = []): Promise<void> {
    const broker = new MemoryBroker(messages.map(messageOf));
    const argv = ['work', '--concurrency', '1', ...flags];
    const answered = await work(argv, this.#tick(), broker, () => broker.handled === messages.length);
    this.#keep(argv, answered, 0, broker);
  }

  #keep(argv: readonly string[], answered: Awaited<ReturnType<typeof run>>, exit: number, broker: MemoryBroker): void {
    if (answered.exit !== exit)
      throw new Error(`${argv.join(' ')} ended with ${answered.exit}, not ${exit}: ${JSON.stringify(answered.answer).slice(0, 2000)}`);
    this.commands.push({ stage: this.#stage, now: this.#now, argv, ...answered });
    this.sent.push(...broker.sent);
  }

  /** Ends a stage with a seal, and keeps its checkpoint with the key that opens it. */
  async endStage(): Promise<void> {
    await this.run(['ledger', 'seal']);
    const newest = readdirSync('ledger.sqlite.witness').toSorted().at(-1)!;
    const checkpoint = `checkpoints/${this.#stage}.checkpoint`;
    mkdirSync('checkpoints', { recursive: true });
    copyFileSync(`ledger.sqlite.witness/${newest}`, checkpoint);
    const { verifierKey } = JSON.parse(readFileSync('ledger.sqlite.key', 'utf8')) as { verifierKey: string };
    const { position } = this.commands.at(-1)!.answer;
    this.stages.push({ name: this.#stage, position: position!, at: this.#now, checkpoint, verifierKey });
  }
}
