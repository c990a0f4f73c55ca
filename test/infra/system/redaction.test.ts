import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { maskText, redact } from '../../../infra/system/redaction.ts';

/** `value` within so many lists. */
const within = (depth: number, value: unknown): unknown => (depth === 0 ? value : [within(depth - 1, value)]);

describe('what a log shows of a value', () => {
  test.each([
    ['password', 'passwd', 'PASSWD_FILE', 'passphrase', 'clientSecret', 'tokens', 'credentials', 'Authorization', 'set-cookie', 'apikey'],
    ['api_key', 'privateKey', 'seed', 'signingSeed'],
  ])('masks values whose names suggest a secret: %s, %s, …', (...names) => {
    expect(redact(Object.fromEntries(names.map((name) => [name, { hunter: 2 }])))).toEqual(
      Object.fromEntries(names.map((name) => [name, '[redacted]'])),
    );
  });

  test('shows the others as they are', () => {
    const plain = { pass: 1, seeds: 2, seedling: 3, key: 'k', none: null, nothing: undefined, yes: true };
    expect(redact(plain)).toEqual(plain);
    expect(redact({ revision: 12n, list: ['a', 3n] })).toEqual({ revision: '12', list: ['a', '3'] });
    expect(redact({ bytes: new Uint8Array(9), wide: new Float64Array(2) })).toEqual({ bytes: '[9 bytes]', wide: '[16 bytes]' });
  });

  test('clips a text beyond 4096 characters, and says how long it was', () => {
    expect(maskText('x'.repeat(4_096))).toBe('x'.repeat(4_096));
    expect(redact({ text: 'x'.repeat(4_097) })).toEqual({ text: `${'x'.repeat(4_096)}… (4097 characters)` });
    expect(maskText('esdb://ops:hunter2@host')).toBe('esdb://ops:[redacted]@host');
  });

  test('shows a hundred entries, of lists and of objects', () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index);
    expect(redact(numbers)).toEqual(numbers.slice(0, 100));
    expect(Object.keys(redact(Object.fromEntries(numbers.map((number) => [`n${number}`, 1]))) as object)).toHaveLength(100);
  });

  test('goes six levels deep, and shows what has no depth below them', () => {
    expect(redact(within(6, { a: 1n }))).toEqual(within(6, { a: '1' }));
    expect(redact(within(7, { a: 1 }))).toEqual(within(7, '[deeper]'));
    expect(redact(within(7, 'text'))).toEqual(within(7, 'text'));
    const nested = (depth: number): unknown => (depth === 0 ? {} : { member: nested(depth - 1) });
    expect(JSON.stringify(redact(nested(7)))).toContain('"[deeper]"');
    expect(JSON.stringify(redact(nested(6)))).not.toContain('[deeper]');
  });

  test('has of an error its name, its words, its code, its evidence and its cause, and no more', () => {
    const cause = new TypeError('no esdb://ops:hunter2@host');
    expect(redact(new LedgerError('StoreBusy', 'held', { evidence: { token: 't', file: 'f' }, cause }))).toEqual({
      name: 'StoreBusy',
      message: 'held',
      code: 'StoreBusy',
      evidence: { token: '[redacted]', file: 'f' },
      cause: { name: 'TypeError', message: 'no esdb://ops:[redacted]@host' },
    });
    let chain = new Error('0');
    for (let depth = 1; depth < 9; depth++) chain = new Error(String(depth), { cause: chain });
    expect(JSON.stringify(redact(chain))).toContain('"message":"2","cause":"[deeper]"');
    const coded = (depth: number) => within(depth, Object.assign(new Error('x'), { code: {}, evidence: {} }));
    expect(redact(coded(6))).toEqual(within(6, { name: 'Error', message: 'x', code: '[deeper]', evidence: '[deeper]' }));
    expect(redact(coded(5))).toEqual(within(5, { name: 'Error', message: 'x', code: {}, evidence: {} }));
  });
});
