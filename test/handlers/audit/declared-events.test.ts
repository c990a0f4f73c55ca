import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { declaredEvents } from '../../../handlers/audit/declared-events.ts';
import { requireIntact } from '../../../handlers/audit/intact.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { refusalOf } from '../../support/refusal.ts';
import { everyFact } from '../../support/portfolio-events.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const tools = createTools({ logLevel: 'silent', isTerminal: false });

const placeOf = ({ stream, revision, hash }: StoredEvent) => ({ stream, revision: Number(revision), hash });

describe('the events that a file of a run declares', () => {
  test('are the last of each stream of a run, and every other event', () => {
    const wanted = ['backtest-t1', 'sleeve-gold', 'sleeveRun-p1', 'tournament-m1', 'combination-c1', 'metaPortfolio-desk'];
    const events = everyFact().stored.filter(({ stream }) => wanted.includes(stream));
    const lastOf = (stream: string): StoredEvent => events.findLast((event) => event.stream === stream)!;
    expect(declaredEvents(events)).toEqual({
      streams: ['backtest-t1', 'combination-c1', 'tournament-m1', 'sleeveRun-p1'].map(lastOf).map(placeOf),
      cited: events.filter(({ stream }) => stream === 'sleeve-gold' || stream === 'metaPortfolio-desk').map(placeOf),
    });
    expect(lastOf('backtest-t1').revision).toBe(2n);
  });

  test('are none of an empty file', () => {
    expect(declaredEvents([])).toEqual({ streams: [], cited: [] });
  });
});

describe('an event that is exported', () => {
  const [appended] = sampleEvents({ stream: 'sleeveRun-a', count: 1 });
  const event: StoredEvent = { ...appended!, stream: 'sleeveRun-a', revision: 4n, position: '7' };

  test('has the bytes that were hashed, or the ledger is to be verified first', () => {
    expect(() => requireIntact(tools, event)).not.toThrow();
    const bytes = new TextEncoder().encode('other');
    const { code, message, evidence, at } = refusalOf(() => requireIntact(tools, { ...event, bytes }));
    expect({ code, message, evidence, at }).toEqual({
      code: 'ChainBroken',
      message: 'sleeveRun-a@4: its bytes do not match its hash; a damaged ledger is verified, not exported',
      evidence: { stream: 'sleeveRun-a', revision: '4', expected: event.hash, actual: tools.crypto.sha256Hex(bytes) },
      at: { path: 'sleeveRun-a@4' },
    });
  });
});
