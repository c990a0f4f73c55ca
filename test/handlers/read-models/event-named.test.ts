/** An event by what it is called. */
import { expect, test } from '@jest/globals';
import { eventNamed } from '../../../handlers/read-models/event-named.ts';
import { memorySession } from '../../support/imported-run.ts';
import { addRun } from '../../support/ledger-session.ts';

test('an event is found by its id and by its place, and what nobody recorded by neither', async () => {
  const { ports } = memorySession();
  await addRun(ports.store, 'a', 12);
  const events = await ports.store.readStream('sleeveRun-a', { from: 0n, maxCount: 100, direction: 'forwards' });
  for (const event of [events[0]!, events[11]!]) {
    expect(await eventNamed(ports, event.id)).toEqual(event);
    expect(await eventNamed(ports, event.position)).toEqual(event);
    expect(await eventNamed(ports, `sleeveRun-a@${event.revision}`)).toEqual(event);
  }
  for (const other of ['sleeveRun-a@12', 'sleeveRun-c@0', 'sleeveRun-a@', '@0', 'sleeveRun-a@0x', 'nobody', '0', '99999', '1/1'])
    expect([other, await eventNamed(ports, other)]).toEqual([other, null]);
  // A revision of more digits than any store counts is a name like any other, and nobody has it.
  expect(await eventNamed(ports, `sleeveRun-a@${'0'.repeat(15)}`)).toEqual(events[0]);
  expect(await eventNamed(ports, `sleeveRun-a@${'0'.repeat(16)}`)).toBeNull();
});
