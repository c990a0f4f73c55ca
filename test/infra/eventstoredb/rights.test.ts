/** A user without rights: the error names the user, the right and how it is granted, and a ledger that cannot be opened is not begun. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { Workbench } from '../../support/cli.ts';
import type { Denial } from '../../support/fake-eventstoredb/faults.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const stream = 'sleeveRun-a';
const scratch = scratchDirectory();

let subject: FakeSubject;
beforeEach(async () => {
  subject = await fakeSubject(quick);
});
afterEach(async () => {
  await subject.dispose();
});

const asks: readonly (readonly [Denial, string, RegExp, () => Promise<unknown>])[] = [
  ['password', 'log in', /make-eventstore-user/, () => subject.store.head()],
  ['read $all', 'read $all', /make-eventstore-user/, () => subject.store.head()],
  ['read $all', 'read $all', /make-eventstore-user/, () => subject.artifacts.list({ after: null, limit: 1 })],
  ['read', 'read stream "checkpoint-relay"', /\$r of the ACL/, () => subject.checkpoints.read('relay')],
  [
    'append',
    `write stream "${stream}"`,
    /\$w of the ACL/,
    () => subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' }),
  ],
  [
    'groups',
    'make a persistent subscription to $all, as members of $ops may',
    /make-eventstore-user/,
    () => subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: new AbortController().signal }).joined,
  ],
];

describe('a user without rights', () => {
  test.each(asks)('denied %s: StoreAccessDenied names the user and the right to %s', async (denial, right, grant, ask) => {
    subject.fake.faults.denied.add(denial);
    await expect(ask()).rejects.toMatchObject({
      code: 'StoreAccessDenied',
      exitStatus: 2,
      evidence: { user: 'nobody', right, grant: expect.stringMatching(grant) as unknown },
      message: expect.stringContaining('"nobody"') as unknown,
    });
  });
});

describe('`ledger init`', () => {
  test('as a user who may not read $all writes nothing, and succeeds once the right is granted', async () => {
    const bench = new Workbench(scratch);
    const environment = {
      [environmentNames.store]: `${subject.fake.location}&readModels=${encodeURIComponent(bench.path('node.sqlite'))}`,
      [environmentNames.key]: bench.path('signing.key'),
      [environmentNames.witness]: bench.path('witness'),
    };
    subject.fake.faults.denied.add('read $all');
    const refused = await bench.json(['ledger', 'init'], { environment });
    expect(refused).toMatchObject({ exit: 2, error: { code: 'StoreAccessDenied', evidence: { right: 'read $all' } } });
    expect(subject.fake.log.records).toEqual([]);
    subject.fake.faults.denied.clear();
    expect(await bench.json(['ledger', 'init'], { environment })).toMatchObject({ exit: 0 });
  });
});
