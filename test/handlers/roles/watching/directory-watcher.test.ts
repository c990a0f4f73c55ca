import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../../domain/shared/errors.ts';
import type { EventStore, Ports, RunDirectories } from '../../../../handlers/ports/ports.ts';
import type { Session } from '../../../../handlers/runtime/session.ts';
import { toDomainEvents } from '../../../../handlers/runtime/stored-events.ts';
import { createDirectoryWatcher, type DirectoryWatcher, type WatchOutcome } from '../../../../handlers/roles/watching/directory-watcher.ts';
import { memorySession, wholeRun } from '../../../support/imported-run.ts';
import { needs } from '../../../support/needs.ts';
import { writeRunDirectory } from '../../../support/run-directory.ts';
import { scratchDirectory } from '../../../support/scratch.ts';

const testAsOrdinaryUser = needs('an ordinary user').test;

const scratch = scratchDirectory();
const returns = 'data/returns/hrp.pkl';

/** Somebody takes the directory away at the last moment. */
const gone: RunDirectories['openBelow'] = async (folder, name) => {
  rmSync(join(folder, name), { recursive: true, force: true });
  throw new LedgerError('FileMissing', `${folder}/${name}: no such file or directory`);
};
const refuseList = (): Promise<never> => Promise.reject(new LedgerError('LimitExceeded', 'more than 20000 files'));

interface Bench {
  readonly folder: string;
  readonly session: Session;
  readonly watcher: DirectoryWatcher;
  readonly path: (name: string) => string;
  /** What a look tells, as `directory kind`. */
  readonly look: () => Promise<string[]>;
}

const shown = ({ directory, kind, error }: WatchOutcome): string => `${directory} ${kind}${error === null ? '' : ` ${error.code}`}`;

/** The same store, whose appends find it busy while told so. */
function appending(store: EventStore, isBusy: () => boolean): EventStore {
  return {
    append: (stream, events, options) =>
      isBusy() ? Promise.reject(new LedgerError('StoreBusy', 'another process holds the store')) : store.append(stream, events, options),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribeAll: (options) => store.subscribeAll(options),
    head: () => store.head(),
    newest: () => store.newest(),
    comparePositions: (left, right) => store.comparePositions(left, right),
    close: () => store.close(),
  };
}

function benchOf(ports: (real: Ports) => Partial<Ports> = () => ({}), profile: string | null = null): Bench {
  const folder = mkdtempSync(join(scratch, 'incoming-'));
  const real = memorySession();
  const session = { ...real, ports: { ...real.ports, ...ports(real.ports) } };
  const watcher = createDirectoryWatcher(session, { folder, profile, map: {}, settleMs: 1 });
  return { folder, session, watcher, path: (name) => join(folder, name), look: async () => (await watcher.sweep()).map(shown) };
}

async function accepted({ session }: Bench): Promise<string[]> {
  const events = await session.ports.store.readAll({ after: null, maxCount: 1000, types: ['SleeveRunAccepted'] });
  return toDomainEvents(events).map(({ data }) => (data as { sleeve: string }).sleeve);
}

describe('runs that appear', () => {
  test('are imported once two looks have seen the same of them, and not again', async () => {
    const bench = benchOf();
    expect(await bench.look()).toEqual([]);
    writeRunDirectory(bench.path('one'), wholeRun(1, 'crypto'));
    writeRunDirectory(bench.path('two'), wholeRun(2, 'etfs'));
    expect(await bench.look()).toEqual([]);
    expect(bench.watcher.incomplete).toEqual(['one', 'two']);
    expect(await bench.look()).toEqual(['one imported', 'two imported']);
    expect(await bench.look()).toEqual([]);
    expect(await accepted(bench)).toEqual(['crypto', 'etfs']);
  });

  test('are filed under the name given, else under their own', async () => {
    const bench = benchOf(() => ({}), 'desk');
    writeRunDirectory(bench.path('one'), wholeRun(1, 'crypto'));
    await bench.look();
    await bench.look();
    expect(await accepted(bench)).toEqual(['desk']);
  });

  test('are known again after a restart, and under another directory name', async () => {
    const bench = benchOf();
    writeRunDirectory(bench.path('one'), wholeRun(1));
    await bench.look();
    await bench.look();
    cpSync(bench.path('one'), bench.path('copy'), { recursive: true });
    const again = createDirectoryWatcher(bench.session, { folder: bench.folder, profile: null, map: {}, settleMs: 1 });
    await again.sweep();
    expect((await again.sweep()).map(({ directory, kind }) => [directory, kind])).toEqual([
      ['copy', 'already'],
      ['one', 'already'],
    ]);
    expect(await accepted(bench)).toHaveLength(1);
  });

  test('are distinguished from what replaces them under the same name', async () => {
    const bench = benchOf();
    writeRunDirectory(bench.path('latest'), wholeRun(1));
    await bench.look();
    await bench.look();
    rmSync(bench.path('latest'), { recursive: true });
    writeRunDirectory(join(scratch, 'elsewhere'), wholeRun(7));
    renameSync(join(scratch, 'elsewhere'), bench.path('latest'));
    expect(await bench.look()).toEqual([]);
    expect(await bench.look()).toEqual(['latest imported']);
    expect(await accepted(bench)).toHaveLength(2);
  });
});

describe('what is not complete', () => {
  test('a run without its manifest waits for it, and is nothing to tell of', async () => {
    const bench = benchOf();
    writeRunDirectory(bench.path('one'), { ...wholeRun(1), manifest: null });
    for (let looks = 0; looks < 3; looks++) expect(await bench.look()).toEqual([]);
    expect(bench.watcher.incomplete).toEqual(['one']);
    writeRunDirectory(bench.path('one'), wholeRun(1));
    expect([await bench.look(), await bench.look()]).toEqual([[], ['one imported']]);
  });

  test('a run that grows between two looks waits until it stands still', async () => {
    const bench = benchOf();
    const run = writeRunDirectory(bench.path('one'), wholeRun(1));
    for (let part = 0; part < 3; part++) {
      appendFileSync(join(run, 'audit.jsonl'), '{}\n');
      expect(await bench.look()).toEqual([]);
    }
    expect(await bench.look()).toEqual(['one imported']);
  });

  test('a run that changes while it is read is not recorded', async () => {
    let changing = true;
    const bench = benchOf(({ runDirectories }) => ({
      runDirectories: {
        ...runDirectories,
        openBelow: async (folder, name) => {
          const run = await runDirectories.openBelow(folder, name);
          return {
            ...run,
            readBytes: async (path) => {
              const bytes = await run.readBytes(path);
              if (changing && path === returns) truncateSync(join(folder, name, path), 10);
              return bytes;
            },
          };
        },
      },
    }));
    const run = writeRunDirectory(bench.path('one'), wholeRun(1));
    expect([await bench.look(), await bench.look()]).toEqual([[], []]);
    expect(await accepted(bench)).toEqual([]);
    changing = false;
    rmSync(run, { recursive: true });
    writeRunDirectory(run, wholeRun(1));
    expect([await bench.look(), await bench.look()]).toEqual([[], ['one imported']]);
  });

  test('a run that is taken away in between is forgotten', async () => {
    let taking = false;
    const bench = benchOf(({ runDirectories }) => ({
      runDirectories: { ...runDirectories, openBelow: (folder, name) => (taking ? gone : runDirectories.openBelow)(folder, name) },
    }));
    writeRunDirectory(bench.path('one'), wholeRun(1));
    await bench.look();
    taking = true;
    expect([await bench.look(), await bench.look()]).toEqual([[], []]);
    expect(bench.watcher.incomplete).toEqual([]);
  });
});

describe('what is broken', () => {
  test('is reported once until it changes, and keeps nobody else from being imported', async () => {
    const bench = benchOf();
    const broken = writeRunDirectory(bench.path('broken'), wholeRun(1));
    writeFileSync(join(broken, returns), 'no pickle');
    writeRunDirectory(bench.path('sound'), wholeRun(2, 'etfs'));
    await bench.look();
    expect(await bench.look()).toEqual(['broken broken PickleRefused', 'sound imported']);
    expect([await bench.look(), await bench.look()]).toEqual([[], []]);
    writeFileSync(join(broken, returns), 'no pickle either');
    expect([await bench.look(), await bench.look()]).toEqual([[], ['broken broken PickleRefused']]);
    writeRunDirectory(broken, wholeRun(1));
    expect([await bench.look(), await bench.look()]).toEqual([[], ['broken imported']]);
  });

  test('a run that is not good enough is recorded with its reasons, and not accepted', async () => {
    const bench = benchOf();
    writeRunDirectory(bench.path('one'), {
      ...wholeRun(1),
      returns: { 'risk_parity.pkl': { dates: ['2024-01-01', '2024-01-02'], values: Float64Array.of(0.01, 0.02) } },
    });
    expect([await bench.look(), await bench.look(), await bench.look()]).toEqual([[], ['one ineligible'], []]);
    expect(await accepted(bench)).toEqual([]);
  });

  test('a file that cannot be read is reported once and tried again', async () => {
    let readable = false;
    const bench = benchOf(({ runDirectories }) => ({
      runDirectories: {
        ...runDirectories,
        openBelow: async (folder, name) => {
          const run = await runDirectories.openBelow(folder, name);
          const refuse = (): Promise<never> => Promise.reject(new LedgerError('FileUnreadable', `${name}: EACCES`));
          return readable ? run : { ...run, readBytes: refuse };
        },
      },
    }));
    writeRunDirectory(bench.path('one'), wholeRun(1));
    expect([await bench.look(), await bench.look(), await bench.look()]).toEqual([[], ['one broken FileUnreadable'], []]);
    readable = true;
    expect(await bench.look()).toEqual(['one imported']);
  });

  testAsOrdinaryUser('a directory that cannot be listed is reported once and tried again', async () => {
    const bench = benchOf();
    const run = writeRunDirectory(bench.path('one'), wholeRun(1));
    chmodSync(run, 0);
    expect([await bench.look(), await bench.look()]).toEqual([['one broken FileUnreadable'], []]);
    chmodSync(run, 0o755);
    expect([await bench.look(), await bench.look()]).toEqual([[], ['one imported']]);
  });

  test('links lead nowhere: neither in place of a run, nor out of one', async () => {
    const bench = benchOf();
    const outside = writeRunDirectory(join(scratch, 'outside'), wholeRun(3));
    symlinkSync(outside, bench.path('linked'));
    const run = writeRunDirectory(bench.path('one'), wholeRun(1));
    rmSync(join(run, returns));
    symlinkSync(join(outside, returns), join(run, returns));
    expect([await bench.look(), await bench.look()]).toEqual([[], ['one broken PathOutsideRoot']]);
    expect(bench.watcher.incomplete).toEqual([]);
    // A link that takes the place of a directory after it was listed.
    await expect(bench.session.ports.runDirectories.openBelow(bench.folder, 'linked')).rejects.toMatchObject({ code: 'PathOutsideRoot' });
    await expect(bench.session.ports.runDirectories.openBelow(bench.folder, '..')).rejects.toMatchObject({ code: 'PathOutsideRoot' });
    expect(await accepted(bench)).toEqual([]);
  });

  test('files beside the runs and hidden directories are left alone', async () => {
    const bench = benchOf();
    writeFileSync(bench.path('notes.txt'), 'x');
    writeRunDirectory(bench.path('.one.part'), wholeRun(1));
    expect([await bench.look(), await bench.look()]).toEqual([[], []]);
    expect(bench.watcher.incomplete).toEqual([]);
  });

  test('a run of 10,000 files is read, one of more than 20,000 is refused', async () => {
    const bench = benchOf();
    const run = writeRunDirectory(bench.path('one'), wholeRun(1));
    mkdirSync(join(run, 'plots'));
    for (let file = 0; file < 10_000; file++) writeFileSync(join(run, 'plots', `${file}`), '');
    expect([await bench.look(), await bench.look()]).toEqual([[], ['one imported']]);
    const huge = benchOf(({ runDirectories }) => ({
      runDirectories: {
        ...runDirectories,
        openBelow: async (folder, name) => ({ ...(await runDirectories.openBelow(folder, name)), list: refuseList }),
      },
    }));
    mkdirSync(huge.path('one'));
    expect([await huge.look(), await huge.look()]).toEqual([['one broken LimitExceeded'], []]);
  }, 60_000);

  test('a store that is busy is asked again at the next look; the folder going away is an error', async () => {
    let busy = true;
    const bench = benchOf(({ store }) => ({ store: appending(store, () => busy) }));
    writeRunDirectory(bench.path('one'), wholeRun(1));
    await bench.look();
    await expect(bench.look()).rejects.toMatchObject({ code: 'StoreBusy' });
    busy = false;
    expect(await bench.look()).toEqual(['one imported']);
    rmSync(bench.folder, { recursive: true });
    await expect(bench.look()).rejects.toMatchObject({ code: 'FileMissing' });
  });
});

describe('a process that watches', () => {
  test('imports what appears until it is asked to stop, also when the store was busy in between', async () => {
    let busy = 2;
    const bench = benchOf(({ store }) => ({ store: appending(store, () => busy-- > 0) }));
    const stop = new AbortController();
    const imported = new Promise<WatchOutcome>((resolve) => {
      const watcher = createDirectoryWatcher(bench.session, {
        folder: bench.folder,
        profile: null,
        map: {},
        settleMs: 5,
        onOutcome: resolve,
      });
      void watcher.run(stop.signal).then(
        () => stop.abort(),
        () => stop.abort(),
      );
    });
    writeRunDirectory(bench.path('one'), wholeRun(1));
    expect(await imported).toMatchObject({ directory: 'one', kind: 'imported' });
    stop.abort();
    expect(await accepted(bench)).toHaveLength(1);
  });
});
