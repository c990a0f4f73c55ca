import { describe, expect, test } from '@jest/globals';
import type { RunFile } from '../../../../handlers/intake/run-directory/run-files.ts';
import { chainDetail, sourceChainOf } from '../../../../handlers/intake/run-directory/source-chain.ts';
import { createNodeCrypto } from '../../../../infra/crypto/node-crypto.ts';
import { originAudit, originRecords } from '../../../support/run-directory.ts';

const { sha256 } = createNodeCrypto();
const log = originAudit(originRecords('run-1', 'production', ['optimise']));
const hashes = log
  .trimEnd()
  .split('\n')
  .map((line) => (JSON.parse(line) as { hash: string }).hash);
const chainOf = (text: string, role: RunFile['role'] = 'sourceAudit') =>
  sourceChainOf([{ path: 'audit.jsonl', role, bytes: Buffer.from(text) }], sha256, 2);

describe('the audit log of a run', () => {
  test('is absent', () => {
    expect(chainOf(log, 'portfolio')).toEqual({ status: 'absent', lines: 0, lastHash: null });
    expect(chainDetail(chainOf(log, 'portfolio'))).toBe('the run has no audit.jsonl');
  });

  test.each([
    ['with a newline at its end', log],
    ['without one', log.trimEnd()],
  ])('%s is chained line by line', (_, text) => {
    expect(chainOf(text)).toEqual({ status: 'verified', lines: 3, lastHash: hashes.at(-1) });
    expect(chainDetail(chainOf(text))).toBe(`audit.jsonl: 3 lines chained, the last ${hashes.at(-1)}`);
  });

  test.each<[string, string, number]>([
    ['an edited line', log.replace('0.1', '0.2'), 2],
    ['an empty line', log.replace('\n', '\n\n'), 2],
    ['a mark of byte order within', log.replace('\n', '\n\ufeff'), 2],
  ])('is broken at %s', (_, text, line) => {
    const chain = chainOf(text);
    expect(chain).toMatchObject({ status: 'broken', brokenAt: line });
    expect(chainDetail(chain)).toBe(`audit.jsonl breaks at line ${line}: ${chain.reason}`);
  });

  test('may begin with a mark of byte order', () => {
    expect(chainOf(`\ufeff${log}`)).toMatchObject({ status: 'verified', lines: 3 });
  });
});
