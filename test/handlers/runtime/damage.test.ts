import { expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { damageIn } from '../../../handlers/runtime/damage.ts';

test.each([
  ['an error', new Error('a page is torn'), 'a page is torn'],
  ['one of another realm, known by its shape', { message: 'a page is torn' }, 'a page is torn'],
  ['a refusal of the bytes', new LedgerError('ArtifactDamaged', 'not the text of a table'), 'not the text of a table'],
  ['no more of it than a line', new Error('x'.repeat(201)), 'x'.repeat(200)],
])('damage is told by %s', (_, error, told) => {
  expect(damageIn(error)).toBe(told);
});

test.each([
  ['a fault of the world', new LedgerError('StoreFull', 'no room')],
  ['what is no error', 'text'],
  ['nothing', null],
  ['an object without a message', { code: 1 }],
])('%s is no damage, and passes through', (_, error) => {
  const thrown = (() => {
    try {
      return damageIn(error);
    } catch (passed) {
      return { passed };
    }
  })();
  expect(thrown).toEqual({ passed: error });
});
