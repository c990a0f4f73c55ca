import { describe, expect, test } from '@jest/globals';
import { newestScan, scanDecider } from '../../../domain/scan-record/decider.ts';
import type { ScanEvent } from '../../../domain/scan-record/slice.ts';
import { draftScan } from '../../../domain/scan-record/slice.ts';
import { scanStream } from '../../../domain/scan-record/stream.ts';
import { given } from '../../support/given-when-then.ts';
import { keptAudit, recordedScan } from '../../support/scan-facts.ts';

const scan = recordedScan();
const later = recordedScan({ asOf: '2026-05-04' });

function fact(one: typeof scan, number: number): ScanEvent {
  const { type, data } = draftScan('ScanRecorded', { ...one, number });
  return { type, data };
}

function keptFact(one: ReturnType<typeof keptAudit>, number: number): ScanEvent {
  const { type, data } = draftScan('ScanAudited', { ...one, number });
  return { type, data };
}

describe('the scans of a scanner', () => {
  test('the first is number 1', () => {
    given(scanDecider).when({ kind: 'RecordScan', scan }).then(fact(scan, 1));
  });

  test('another date is another scan', () => {
    given(scanDecider, fact(scan, 1)).when({ kind: 'RecordScan', scan: later }).then(fact(later, 2));
  });

  test('the same inputs are the same scan, whatever followed', () => {
    given(scanDecider, fact(scan, 1), fact(later, 2)).when({ kind: 'RecordScan', scan }).thenNothing();
  });

  test('the same rows from another file are the same scan; other rules of the scanner are another', () => {
    expect(recordedScan({ source: { kind: 'saved', file: 'other.json' } }).snapshot).toBe(scan.snapshot);
    expect(recordedScan({ droppedColumns: ['ADX'] }).snapshot).not.toBe(scan.snapshot);
    expect(recordedScan({ categoryMap: { by_symbol: {}, by_text: {} } }).snapshot).not.toBe(scan.snapshot);
  });

  test('the newest is that of the latest date, then of the later record, and not of a date that is later than asked', () => {
    const again = recordedScan({ droppedColumns: ['ADX'] });
    const state = [fact(scan, 1), fact(later, 2), fact(again, 3)].reduce(scanDecider.evolve, scanDecider.initialState);
    expect(newestScan(state, null)).toEqual({ number: 2, asOf: '2026-05-04' });
    expect(newestScan(state, '2026-05-03')).toEqual({ number: 3, asOf: '2026-05-01' });
    expect(newestScan(state, '2026-04-30')).toBeNull();
  });
});

describe('kept audits', () => {
  const audit = keptAudit(['one']);

  test('are numbered, and the same question is kept once', () => {
    const first = keptFact(audit, 1);
    given(scanDecider).when({ kind: 'KeepAudit', audit }).then(first);
    given(scanDecider, first).when({ kind: 'KeepAudit', audit }).thenNothing();
    given(scanDecider, first)
      .when({ kind: 'KeepAudit', audit: keptAudit(['two']) })
      .then(keptFact(keptAudit(['two']), 2));
  });
});

/** Streams and events are named after these: a release that changes one records twice what was recorded before. */
test('the names of a scan and of an audit follow from their inputs and never change', () => {
  expect([scanStream.name(scan.scanner), scan.snapshot.slice(0, 16), keptAudit(['one']).auditId.slice(0, 16)]).toEqual([
    'scan-trend',
    'ac8b3b0089bb7a27',
    'e5c66ae05315d2a6',
  ]);
});
