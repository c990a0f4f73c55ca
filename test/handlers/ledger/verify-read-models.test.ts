/** Stored rows against a fresh fold of the events: every way in which they can part is told with the row and what it should be. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { readModelFindings } from '../../../handlers/ledger/verify-read-models.ts';
import type { Ports, ProjectionId, ReadModels, RowChange } from '../../../handlers/ports/ports.ts';
import { catchUp } from '../../../handlers/read-models/projector.ts';
import { everyProjection } from '../../../projections/all.ts';
import { deadLetters } from '../../../projections/dead-letters.ts';
import { memorySession } from '../../support/imported-run.ts';
import { addRun } from '../../support/ledger-session.ts';
import { everyFact } from '../../support/portfolio-events.ts';
import { storeOf } from '../../support/recorded-facts.ts';

/** Every read model of a ledger with a fact of every kind. */
async function foldedLedger(): Promise<Ports> {
  const folded = { ...memorySession().ports, store: await storeOf(everyFact()) };
  for (const projection of everyProjection) await catchUp(folded, projection);
  return folded;
}

/** The same rows, but for what is given. */
function otherwise(given: Ports, change: (readModels: ReadModels) => Partial<ReadModels>): Ports {
  const { readModels } = given;
  const same: ReadModels = {
    checkpoint: (id) => readModels.checkpoint(id),
    row: (...asked) => readModels.row(...asked),
    rows: (...asked) => readModels.rows(...asked),
    versions: (...asked) => readModels.versions(...asked),
    commit: (...asked) => readModels.commit(...asked),
    reset: (id) => readModels.reset(id),
    projections: () => readModels.projections(),
  };
  return { ...given, readModels: { ...same, ...change(readModels) } };
}

/** The stored versions of one read model, changed. */
const versionsOf =
  (name: string, change: (versions: readonly RowChange[]) => readonly RowChange[]) =>
  (readModels: ReadModels): Partial<ReadModels> => ({
    versions: async (id, query) => {
      const page = await readModels.versions(id, query);
      return id.name === name ? change(page) : page;
    },
  });

/** Folded once: no test changes it. */
let ports: Ports;
beforeAll(async () => {
  ports = await foldedLedger();
});

const letters = { name: deadLetters.name, version: deadLetters.version };

async function lettersOf({ readModels }: Ports): Promise<{ readonly versions: readonly RowChange[]; readonly checkpoint: string }> {
  return {
    versions: await readModels.versions(letters, { after: null, limit: 1_000 }),
    checkpoint: (await readModels.checkpoint(letters))!,
  };
}

const fault = (kind: string, stream: string, position: string | null, expected: string, actual: string) => ({
  kind,
  stream,
  revision: null,
  position,
  expected,
  actual,
});
const sound = { faults: [], notes: [] };
/** Keys of rows that are not deleted, in their order. */
const liveKeys = (versions: readonly RowChange[]): string[] =>
  versions.filter((one, index) => one.value !== null && versions[index + 1]?.key !== one.key).map(({ key }) => key);
/** The newest value of a row as it is told. */
const told = (versions: readonly RowChange[], key: string): string => canonicalJson(versions.findLast((one) => one.key === key)!.value);

describe('the rows of a fresh fold', () => {
  test('are those stored, of every read model', async () => {
    expect((await ports.readModels.projections()).length).toBeGreaterThan(5);
    expect(await readModelFindings(ports)).toEqual(sound);
  });

  test('are none in a store without read models', async () => {
    expect(await readModelFindings({ ...memorySession().ports, store: await storeOf(everyFact()) })).toEqual(sound);
  });

  test('are looked at up to the checkpoint: what came since is not missing', async () => {
    const grown = await foldedLedger();
    await addRun(grown.store, 'later');
    expect(await readModelFindings(grown)).toEqual(sound);
  });

  test('are read page by page', async () => {
    const { ports: long } = memorySession();
    for (const run of ['a', 'b']) await addRun(long.store, run, 260);
    for (const projection of everyProjection) await catchUp(long, projection);
    const limits: number[] = [];
    const paged = otherwise(long, (readModels) => ({
      versions: async (id, query) => {
        const page = await readModels.versions(id, query);
        if (id.name === 'tree-tiles') limits.push(page.length);
        return page;
      },
    }));
    expect(await readModelFindings(paged)).toEqual(sound);
    expect(limits.length).toBeGreaterThan(1);
  });
});

describe('stored rows part from those of a fresh fold', () => {
  test('where one is lacking, one is altered, and one belongs to nobody, in the order of their keys', async () => {
    const { versions, checkpoint } = await lettersOf(ports);
    const [lacking, altered] = liveKeys(versions) as [string, string];
    const stranger = { key: '~', value: { of: 'nobody' }, position: checkpoint };
    const changed = otherwise(
      ports,
      versionsOf(letters.name, (page) => [
        ...page
          .filter(({ key }) => key !== lacking)
          .map((one) => (one.key === altered && one.value !== null ? { ...one, value: { altered: true } } : one)),
        stranger,
      ]),
    );
    expect(await readModelFindings(changed)).toEqual({
      faults: [
        fault('read_model_differs', `${letters.name}:${lacking}`, checkpoint, told(versions, lacking), 'no row'),
        fault('read_model_differs', `${letters.name}:${altered}`, checkpoint, told(versions, altered), '{"altered":true}'),
        fault('read_model_differs', `${letters.name}:~`, checkpoint, 'no row', '{"of":"nobody"}'),
      ],
      notes: [],
    });
  });

  test('where the last row is lacking', async () => {
    const { versions, checkpoint } = await lettersOf(ports);
    const last = liveKeys(versions).at(-1)!;
    const changed = otherwise(
      ports,
      versionsOf(letters.name, (page) => page.filter(({ key }) => key !== last)),
    );
    expect(await readModelFindings(changed)).toEqual({
      faults: [fault('read_model_differs', `${letters.name}:${last}`, checkpoint, told(versions, last), 'no row')],
      notes: [],
    });
  });

  test('where only an earlier version of a row is another', async () => {
    const { versions, checkpoint } = await lettersOf(ports);
    const at = versions.findIndex((one, index) => versions[index + 1]?.key === one.key);
    expect(at).toBeGreaterThanOrEqual(0);
    const changed = otherwise(
      ports,
      versionsOf(letters.name, (page) => page.with(at, { ...page[at]!, value: { earlier: true } })),
    );
    expect(await readModelFindings(changed)).toEqual({
      faults: [
        fault(
          'read_model_differs',
          `${letters.name}:${versions[at]!.key}`,
          checkpoint,
          'its earlier versions as they were folded',
          'other versions',
        ),
      ],
      notes: [],
    });
  });

  test('where a row of the leaves is another, or stands at a position', async () => {
    const id = (await ports.readModels.projections()).find(({ name }) => name === 'tree-tiles')!;
    const [first] = await ports.readModels.versions(id, { after: null, limit: 1 });
    const checkpoint = (await ports.readModels.checkpoint(id))!;
    const altered = otherwise(
      ports,
      versionsOf(id.name, (page) => page.with(0, { ...page[0]!, value: { altered: true } })),
    );
    expect(await readModelFindings(altered)).toEqual({
      faults: [fault('read_model_differs', `${id.name}:${first!.key}`, checkpoint, canonicalJson(first!.value), '{"altered":true}')],
      notes: [],
    });
    const placed = otherwise(
      ports,
      versionsOf(id.name, (page) => page.with(0, { ...page[0]!, position: '7' })),
    );
    expect((await readModelFindings(placed)).faults).toEqual([
      fault('read_model_differs', `${id.name}:${first!.key}`, checkpoint, 'its earlier versions as they were folded', 'other versions'),
    ]);
  });
});

const checkpointOf =
  (name: string, checkpoint: string | null) =>
  (readModels: ReadModels): Partial<ReadModels> => ({
    checkpoint: async (id) => (id.name === name ? checkpoint : readModels.checkpoint(id)),
  });

const noteOfOther = (name: string, version: number): string =>
  `rows of ${name}, version ${version}, are of another build: this one does not look at them, and ledger rebuild drops them`;

describe('a checkpoint of rows', () => {
  test('that is lacking beside rows is a fault, of a read model that this build knows and of one that it does not', async () => {
    const unknown: ProjectionId = { name: 'unheard-of', version: 1 };
    const changed = otherwise(ports, (readModels) => ({
      projections: async () => [letters, unknown],
      ...checkpointOf(letters.name, null)(readModels),
    }));
    expect(await readModelFindings(changed)).toEqual({
      faults: [
        fault('read_model_checkpoint', letters.name, null, 'a checkpoint beside its rows', 'none'),
        fault('read_model_unknown', 'unheard-of', null, 'a projection of this build', 'unheard-of'),
      ],
      notes: [],
    });
  });

  test('of another version, or of a read model of another build, is a note', async () => {
    const others: ProjectionId[] = [
      { name: letters.name, version: 99 },
      { name: 'unheard-of', version: 1 },
    ];
    const changed = otherwise(ports, () => ({ projections: async () => others, checkpoint: async () => '7' }));

    expect(await readModelFindings(changed)).toEqual({ faults: [], notes: [noteOfOther(letters.name, 99), noteOfOther('unheard-of', 1)] });
  });

  test('that is no position of the store is a fault, and the other read models are looked at', async () => {
    const { faults, notes } = await readModelFindings(otherwise(ports, checkpointOf(letters.name, 'no position')));
    expect({ faults: faults.map(({ actual, ...one }) => ({ ...one, isTold: actual !== '' })), notes }).toEqual({
      faults: [
        {
          kind: 'read_model_checkpoint',
          stream: letters.name,
          revision: null,
          position: null,
          expected: 'a position of the store',
          isTold: true,
        },
      ],
      notes: [],
    });
  });

  test('behind the last event that the fold takes is told with the position that a fold reaches', async () => {
    const { checkpoint } = await lettersOf(ports);
    const beyond = String(Number(checkpoint) + 1);
    expect(await readModelFindings(otherwise(ports, checkpointOf(letters.name, beyond)))).toEqual({
      faults: [fault('read_model_checkpoint', letters.name, beyond, `position ${checkpoint}`, `position ${beyond}`)],
      notes: [],
    });
  });
});

const damaged = (stream: string, position: string | null) =>
  fault('read_model_damaged', stream, position, 'rows as they were written', 'the row is damaged');

describe('rows that cannot be read', () => {
  const refusal = new LedgerError('StoreIo', 'the row is damaged');

  test('are a fault of their read model, and the others are looked at', async () => {
    const { checkpoint } = await lettersOf(ports);
    const unreadable = otherwise(ports, (readModels) => ({
      versions: (id, query) => (id.name === letters.name ? Promise.reject(refusal) : readModels.versions(id, query)),
    }));
    expect(await readModelFindings(unreadable)).toEqual({ faults: [damaged(letters.name, checkpoint)], notes: [] });
  });

  test('are a fault of their read model where the fold asks for one of them', async () => {
    const unreadable = otherwise(ports, (readModels) => ({
      row: (id, ...given) => (id.name === letters.name ? Promise.reject(refusal) : readModels.row(id, ...given)),
    }));
    // The fold that holds its rows asks for none, and finds them as they should be.
    expect(await readModelFindings(unreadable)).toEqual(sound);
  });

  test('are one fault where not even their names can be read', async () => {
    expect(await readModelFindings(otherwise(ports, () => ({ projections: () => Promise.reject(refusal) })))).toEqual({
      faults: [damaged('read models', null)],
      notes: [],
    });
  });
});
