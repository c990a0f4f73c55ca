/**
 * Streams are named after these: a release that changes one records twice what was recorded before. The oracle: the hash of the text that
 * each name rests on, written out.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { backtestRunId, metaRunId, metaRunNames, sleeveRunId, sleeveRunNames, tournamentRunId } from '../../../domain/run/run-names.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hashed = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const sleeveRun = { sleeve: 'bonds', profile: 'bonds_plain', asOf: '2024-06-28', correction: 1, payloadHash: 'p1' };
const metaRun = {
  meta: 'desk',
  asOf: '2024-06-28',
  definitionHash: 'd1',
  consumed: [
    { path: ['listed', 'stocks'], runId: 's1', artifacts: ['b', 'a'] },
    { path: ['coins'], runId: 'c1', artifacts: ['c'] },
  ],
  waiverIds: ['w2', 'w1'],
  restatement: 0,
};

describe('the name of a run', () => {
  test('is that of the sleeve, the session and what the run rests on', () => {
    const text = '["sleeveRun","bonds","bonds_plain","2024-06-28",1,"p1"]';
    expect(sleeveRunId(sha256, sleeveRun)).toBe(`bonds-2024-06-28-${hashed(text)}`);
  });

  test('of a meta run rests on what it consumes and who waived, in whichever order these are told', () => {
    const text = '["metaRun","desk","d1",[["coins","c1","c"],["listed/stocks","s1","a","b"]],["w1","w2"],0]';
    const id = `desk-2024-06-28-${hashed(text)}`;
    expect(metaRunId(sha256, metaRun)).toBe(id);
    const { consumed, waiverIds } = metaRun;
    expect(metaRunId(sha256, { ...metaRun, consumed: consumed.toReversed(), waiverIds: waiverIds.toReversed() })).toBe(id);
  });

  test('of a backtest rests on what each sleeve reads, by path', () => {
    const sleeves = [
      { path: ['x', 'b'], options: { from: null }, inputs: ['t2'] },
      { path: ['x', 'a'], options: {}, inputs: ['t1'] },
      { path: ['x', 'a'], options: {}, inputs: ['t1'] },
    ];
    const asked = { meta: 'desk', asOf: '2024-06-28', definitionHash: 'd1', sleeves };
    const text = '["backtest","desk","d1",[["x/a",{},["t1"]],["x/a",{},["t1"]],["x/b",{"from":null},["t2"]]]]';
    expect(backtestRunId(sha256, asked)).toBe(`desk-2024-06-28-${hashed(text)}`);
    expect(backtestRunId(sha256, { ...asked, sleeves: sleeves.toReversed() })).toBe(`desk-2024-06-28-${hashed(text)}`);
  });

  test('of a tournament rests on who competes, in whichever order', () => {
    const asked = {
      sleeve: 'bonds',
      asOf: '2024-06-28',
      definition: { a: 1 },
      options: {},
      entrants: ['hrp', 'equal_weight'],
      inputs: ['t'],
    };
    const text = '["tournament","bonds",{"a":1},{},["equal_weight","hrp"],["t"]]';
    expect(tournamentRunId(sha256, asked)).toBe(`bonds-2024-06-28-${hashed(text)}`);
    expect(tournamentRunId(sha256, { ...asked, entrants: asked.entrants.toReversed() })).toBe(`bonds-2024-06-28-${hashed(text)}`);
  });
});

describe('names under several versions of identity', () => {
  test('of a sleeve run are one for each payload, the newest first, and one where versions agree', () => {
    const { payloadHash: _, ...run } = sleeveRun;
    const of = (payloadHash: string) => ({ runId: sleeveRunId(sha256, { ...run, payloadHash }), payloadHash });
    expect(sleeveRunNames(sha256, run, ['p1', 'p2', 'p1', 'p3'])).toEqual([of('p1'), of('p2'), of('p3')]);
    expect(sleeveRunNames(sha256, run, ['p1'])).toEqual([of('p1')]);
  });

  test('of a meta run are one for each definition, the newest first, and one where versions agree', () => {
    const of = (definitionHash: string) => ({ runId: metaRunId(sha256, { ...metaRun, definitionHash }), definitionHash });
    expect(metaRunNames(sha256, metaRun, ['d2', 'd1', 'd2'])).toEqual([of('d2'), of('d1')]);
  });
});
