import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll } from '@jest/globals';
import { readRecording, type Recording } from './ledger-folder.ts';
import { unpack } from './packing.ts';
import { run, type Answered } from './program.ts';

export const ledgersFolder = join(import.meta.dirname, '../ledgers');
export const releases = readdirSync(ledgersFolder).toSorted();

/** Names of the recorded questions of a release. */
export function questionsOf(release: string): string[] {
  const folder = join(ledgersFolder, release, 'expected/queries');
  return existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.json(?:\.gz)?$/, '')) : [];
}

/** A copy of a recording: the working folder of every test around it, for the paths in the recording are relative. */
export class RecordedLedger {
  #recording: Recording | null = null;

  constructor(release: string) {
    const home = process.cwd();
    let below = '';
    beforeAll(() => {
      below = realpathSync(mkdtempSync(join(tmpdir(), 'sleeve-ledger-')));
      unpack(join(ledgersFolder, release), join(below, 'ledger'));
      process.chdir(join(below, 'ledger'));
      mkdirSync('out');
      this.#recording = readRecording();
    });
    afterAll(() => {
      process.chdir(home);
      rmSync(below, { recursive: true, force: true });
    });
  }

  get recording(): Recording {
    return this.#recording!;
  }

  /** Runs a command at the end of the recording. */
  run(argv: readonly string[]): Promise<Answered> {
    return run(argv, { now: this.recording.endedAt });
  }

  /** The evening of the day up to which the ledger goes on: dates after tomorrow are taken in by nobody. */
  get later(): string {
    return `${this.recording.goOn.asOf}T22:00:00.000Z`;
  }

  runLater(argv: readonly string[]): Promise<Answered> {
    return run(argv, { now: this.later });
  }
}

/** Works on the database below everything of ours. */
export function onDatabase<Result>(work: (database: Database.Database) => Result): Result {
  const database = new Database('ledger.sqlite');
  try {
    return work(database);
  } finally {
    database.close();
  }
}
