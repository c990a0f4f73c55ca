import { describe, expect, test } from '@jest/globals';
import type { RunFile } from '../../../../handlers/intake/run-directory/run-files.ts';
import { signTestEvidence } from '../../../../handlers/intake/run-directory/sign-test.ts';
import { refusalOf } from '../../../support/refusal.ts';

const fileOf = (content: unknown, path = 'data/directional_sign_test.json', role: RunFile['role'] = 'signTest'): RunFile => ({
  path,
  role,
  bytes: Buffer.from(JSON.stringify(content)),
});
const none = { level: 'info', code: 'SIGNTEST_NO_ATOMS' };

describe('what sign tests say', () => {
  test.each<[string, readonly RunFile[], string, string]>([
    ['none', [], 'unknown', 'no data/directional_sign_test.json'],
    ['a file of another kind', [fileOf({ errors: 1 }, 'x', 'portfolio')], 'unknown', 'no data/directional_sign_test.json'],
    ['no error', [fileOf({ errors: 0, warnings: 2 })], 'passed', 'data/directional_sign_test.json: 0 errors'],
    ['two without an error', [fileOf({ errors: 0 }, 'a'), fileOf({ errors: [] }, 'b')], 'passed', 'a: 0 errors; b: 0 errors'],
    ['errors by number', [fileOf({ errors: 3 }, 'a')], 'failed', 'a: 3 errors'],
    ['errors as a list', [fileOf({ errors: ['x', 'y'] }, 'a')], 'failed', 'a: 2 errors'],
    [
      'errors among the findings',
      [fileOf({ errors: 1, findings: [{ level: 'ERROR' }, { level: 'error' }, {}, { level: 'warning' }] }, 'a')],
      'failed',
      'a: 2 errors',
    ],
    ['more errors than findings', [fileOf({ errors: 3, findings: [{ level: 'error' }] }, 'a')], 'failed', 'a: 3 errors'],
    ['that nothing was looked at', [fileOf({ errors: 0, findings: [none] }, 'a')], 'unknown', 'a: no atom was checked'],
    [
      'of two that one looked at nothing',
      [fileOf({ errors: 0 }, 'a'), fileOf({ errors: 0, findings: [none] }, 'b')],
      'unknown',
      'b: no atom was checked',
    ],
    [
      'an error first of all',
      [fileOf({ errors: 0, findings: [none] }, 'a'), fileOf({ errors: 1 }, 'b'), fileOf({ errors: 2 }, 'c')],
      'failed',
      'b: 1 errors; c: 2 errors',
    ],
  ])('%s', (_, files, status, detail) => {
    expect(signTestEvidence(files, 'run')).toEqual({ status, detail });
  });

  test.each([
    ['no number of errors', {}, 'errors'],
    ['a fraction of an error', { errors: 0.5 }, 'errors'],
    ['fewer than none', { errors: -1 }, 'errors'],
    ['a finding that is none', { errors: 0, findings: [{ level: 1 }] }, 'findings.0.level'],
  ])('%s is refused', (_, content, path) => {
    const { code, message, at } = refusalOf(() => signTestEvidence([fileOf(content, 'a')], 'run'));
    expect({ code, message, at }).toEqual({
      code: 'RunDirectoryInvalid',
      message: expect.stringContaining('run/a: not a sign test: '),
      at: { file: 'run/a', path },
    });
  });
});
