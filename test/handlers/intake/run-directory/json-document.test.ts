import { describe, expect, test } from '@jest/globals';
import { parseJsonDocument } from '../../../../handlers/intake/run-directory/json-document.ts';
import { refusalOf } from '../../../support/refusal.ts';

describe('a JSON file of a run', () => {
  test('is read as it is', () => {
    expect(parseJsonDocument(Buffer.from('{"ü":[1,null,"x"]}'), 'f')).toEqual({ ü: [1, null, 'x'] });
  });

  test.each<[string, string | Uint8Array, string, string | undefined]>([
    ['no JSON', '{', 'not JSON: ', undefined],
    ['NaN of Python', '{"a":NaN}', 'not JSON: ', undefined],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'not JSON: ', undefined],
    ['a number beyond the doubles', '{"a":{"b":1e999}}', '', 'a.b'],
    ['half a character', '{"a":"\\ud800"}', '', 'a'],
    ['what is nested too deep', `${'['.repeat(100)}${']'.repeat(100)}`, '', undefined],
  ])('that is %s is refused by name, and by place where there is one', (_, text, why, path) => {
    const { code, message, at } = refusalOf(() => parseJsonDocument(Buffer.from(text), 'f'));
    expect({ code, message, at }).toEqual({
      code: 'RunDirectoryInvalid',
      message: expect.stringMatching(new RegExp(`^f: ${why}`)),
      at: { file: 'f', ...(path === undefined ? {} : { path }) },
    });
  });
});
