/** The readable part of a line of audit.jsonl, for every type of fact (test/projections/audit-log.test.ts has whole facts). */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Envelope } from '../../domain/shared/envelope.ts';
import { auditStep } from '../../projections/audit-log.ts';

describe('a step of the audit log', () => {
  const step = (type: string, data: object = {}, stream = 'metaRun-m-1') =>
    auditStep({ type, data, stream, actor: 'ann' } as unknown as Envelope);

  test('of every type of fact has this name and status', () => {
    const named = Object.keys(catalogue).map((type) => `${type} ${step(type, { risk: 'hrp' }).step} ${step(type).status}`);
    expect(named).toMatchSnapshot();
  });

  test('without a profile leaves its place empty, and cached walk-forwards are named by their run', () => {
    expect(step('SleeveProfileSolved').step).toBe('optimize_');
    expect(step('SleeveProfileSolved', { risk: '$&' }).step).toBe('optimize_$&');
    expect([step('CacheUsed', {}, 'tournament-t').step, step('CacheUsed', {}, 'backtest-t').step]).toEqual([
      'tournament_cache',
      'backtest_cache',
    ]);
  });

  test('says under which run, by whom and for which portfolio', () => {
    expect(step('MetaRunOpened', { path: ['a', 'b'], localUser: { name: 'svc', uid: 7 } }).context).toEqual({
      run: 'm-1',
      portfolio: 'a/b',
      by: 'ann (claimed; local user svc)',
    });
    expect(step('MetaRunOpened', { path: 'a', localUser: null }).context).toEqual({ run: 'm-1', portfolio: '', by: 'ann (claimed)' });
    expect(step('MetaRunOpened').context).toEqual({ run: 'm-1', portfolio: '' });
  });

  test('has the parameters that were recorded, or those that its type has', () => {
    expect(step('MetaRunOpened', { params: { x: 1 }, meta: 'desk' }).params).toEqual({ x: 1 });
    const all = { risk: 'hrp', meta: 'm', sleeve: 's', profile: 'p', asOf: 'd', projection: 'exact', policy: {} };
    const combined = { name: 'n', asOf: 'd', constraints: {}, method: {}, correlationAware: 'none' };
    for (const params of [null, [1], 'x']) {
      expect(step('MetaRunOpened', { ...all, ...combined, params }).params).toEqual(all);
      for (const type of ['PositionsCombined', 'CombinationRefused'])
        expect(step(type, { ...all, ...combined, params }).params).toEqual(combined);
    }
  });

  test('of a backtest names its profiles, however it tells of them', () => {
    const profile = (data: object): unknown => (step('BacktestFailed', data).context as JsonObject)['profile'];
    expect(profile({ risk: 'hrp', options: { risks: ['barbell'] } })).toBe('hrp');
    expect(profile({ options: { risks: ['barbell', 7, 'hrp'] } })).toEqual(['barbell', 'hrp']);
    expect(profile({ options: { risks: 7 }, tested: [{ risk: 'a' }, { risk: 7 }, 7, null], failed: [{ risk: 'b' }] })).toEqual(['a', 'b']);
    expect(profile({ options: [], failed: 'x' })).toEqual([]);
    expect((step('BacktestFailed', { params: null }).context as JsonObject)['engine']).toBeNull();
  });

  const document = { kind: 'document', sha256: 'd'.repeat(64), bytes: 2, mediaType: 'application/json' };
  test.each([
    ['SleeveRunOpened', ['inputs', 'table'], []],
    ['MetaRunOpened', ['inputs', 'table'], []],
    ['BacktestStarted', ['inputs', 'table'], []],
    ['TournamentStarted', ['inputs', 'table'], []],
    ['PositionsCombined', ['inputs'], ['table']],
    ['CombinationRefused', ['inputs'], ['table']],
    ['BacktestCompleted', [], ['inputs', 'table']],
  ])('of %s read %j and wrote %j', (type, read, wrote) => {
    const { input_hashes, output_hashes } = step(type, { inputs: document, table: document });
    expect([Object.keys(input_hashes), Object.keys(output_hashes)]).toEqual([read, wrote]);
  });
});
