/**
 * A read that left its answer early when a stream was missing cancelled the call, which resets the HTTP/2 stream. Node's server drops a
 * connection after a burst of a thousand resets, in the middle of whatever else it carries: a copy of more than about 1,200 streams never
 * arrived. Mechanism: answers are read to their end.
 */
import { expect, test } from '@jest/globals';
import { fakeSubject } from '../support/fake-eventstoredb/subject.ts';

test('thousands of reads of missing streams cost no connection', async () => {
  // A call that fails is not tried again: a lost connection shows.
  const { store, dispose } = await fakeSubject({ waitMsMax: 1 });
  try {
    for (let read = 0; read < 2_000; read++)
      expect(await store.readStream(`sleeve-missing-${read}`, { from: 0n, maxCount: 10, direction: 'forwards' })).toEqual([]);
  } finally {
    await dispose();
  }
}, 60_000);
