import { expect, test } from '@jest/globals';
import { withoutPlaces } from '../../../presentation/api/without-places.ts';

test('files are named without the folders in which they stand, wherever they are named', () => {
  expect(
    withoutPlaces({
      statement: 'Compared with the checkpoints in /srv/ledger/ledger.sqlite.witness, up to event 32 (see ../keys/ledger.key).',
      faults: [{ file: '/srv/ledger/tiles', count: 2, expected: null }],
      home: '~/desk/ledger.sqlite',
    }),
  ).toEqual({
    statement: 'Compared with the checkpoints in ledger.sqlite.witness, up to event 32 (see ledger.key).',
    faults: [{ file: 'tiles', count: 2, expected: null }],
    home: 'ledger.sqlite',
  });
});

test('what is no path stays as it is', () => {
  const said = {
    proposal: 'desk/2',
    type: 'text/csv',
    witness: 'https://witness.example/log/1',
    day: '2026-11-30T08:00:00Z',
    half: '1/2/3',
    root: '/',
  };
  expect(withoutPlaces(said)).toEqual(said);
});
