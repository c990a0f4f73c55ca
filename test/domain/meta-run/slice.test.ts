import { expect, test } from '@jest/globals';
import { metaRunEventsIn } from '../../../domain/meta-run/slice.ts';

const of = (type: string) => ({ type, data: { runId: 'r' }, position: type.length });

test('of the facts of an append those of its own stream are told, in their order and whole', () => {
  const facts = ['SealPublished', 'MetaRunOpened', 'SleeveRunAccepted', 'toString', 'MetaRunCompleted', 'CacheUsed'].map(of);
  expect(metaRunEventsIn(facts)).toEqual([of('MetaRunOpened'), of('MetaRunCompleted')]);
  expect(metaRunEventsIn([])).toEqual([]);
});
