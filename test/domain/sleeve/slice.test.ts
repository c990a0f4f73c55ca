import { expect, test } from '@jest/globals';
import { letterSlice } from '../../../domain/sleeve/letter-slice.ts';
import { sleeveSlice } from '../../../domain/sleeve/slice.ts';
import { intakeStream } from '../../../domain/sleeve/intake-stream.ts';
import { refusalOf } from '../../support/refusal.ts';

const table = [
  ['SleeveRunAccepted', 1, 'sleeve-<profile>', 'A run joined the runs of its sleeve.'],
  ['SleeveQuarantined', 1, 'sleeve-<profile>', 'The sleeve was taken out of use.'],
  ['SleeveReinstated', 1, 'sleeve-<profile>', 'The sleeve was put back into use.'],
  [
    'SleeveDefined',
    2,
    'sleeve-<profile>',
    'A sleeve became known, with the time when its results are due and the gross exposure that they may have.',
  ],
  ['SleeveRunRejected', 2, 'sleeve-<profile> or intake-<topic>', 'A message was refused and became a dead letter.'],
  ['SleeveResultHeld', 2, 'sleeve-<profile>', 'A result waits behind a dead letter of its sleeve.'],
  ['SleeveResultReleased', 1, 'sleeve-<profile>', 'A held result was processed, with the outcome.'],
  ['MessagesRefused', 1, 'sleeve-<profile> or intake-<topic>', 'Messages of a flood were refused and became one dead letter.'],
  ['DeadLetterResolved', 1, 'sleeve-<profile> or intake-<topic>', 'A dead letter was retried, superseded or discarded.'],
  [
    'DeadLetterErased',
    1,
    'sleeve-<profile> or intake-<topic>',
    'The key of a dead letter was destroyed: what it said can no longer be read.',
  ],
  ['SleeveOverdue', 1, 'sleeve-<profile>', 'The result of a session did not arrive in time.'],
] as const;

const rowsOf = (slice: typeof letterSlice | typeof sleeveSlice) =>
  Object.entries(slice).map(([type, { version, stream, meaning }]) => [type, version, stream, meaning]);

test('every event of a sleeve has its version, stream and meaning', () => {
  expect(rowsOf(sleeveSlice)).toEqual(table);
});

test('letters are events of topics too', () => {
  const names = ['SleeveRunRejected', 'MessagesRefused', 'DeadLetterResolved', 'DeadLetterErased'];
  expect(rowsOf(letterSlice)).toEqual(names.map((name) => table.find(([type]) => type === name)));
});

test('the stream of a topic has its name, a dot being an underscore, up to a length', () => {
  expect(intakeStream.name('results.of_sleeves')).toBe('intake-results_of_sleeves');
  const { code, message, at } = refusalOf(() => intakeStream.name('t'.repeat(2000)));
  expect([code, message, at]).toEqual([
    'Usage',
    `the name of the topic ${'t'.repeat(2000)} is too long for a stream`,
    { path: 'resultsTopic' },
  ]);
});
