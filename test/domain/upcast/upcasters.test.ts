import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { catalogue, domainEvent, upcastData } from '../../../domain/catalogue.ts';
import { documents } from '../../../domain/documents/documents.ts';
import type { Envelope } from '../../../domain/shared/envelope.ts';
import { documentUpcasters } from '../../../domain/upcast/documents.ts';
import { eventUpcasters } from '../../../domain/upcast/events.ts';
import { upcastFrom, type Upcaster } from '../../../domain/upcast/upcaster.ts';
import { portfolioFacts } from '../../support/portfolio-events.ts';

const neverUpcast = ['LedgerOpened', 'LedgerSealed', 'SigningKeyRotated'];

describe('the chain of upcasters', () => {
  const renames: Upcaster[] = [
    { from: 2, adds: ['c'], upcast: (data) => ({ ...data, c: 3 }) },
    { from: 1, adds: ['b'], upcast: (data) => ({ ...data, b: 2 }) },
  ];

  test('follows every version from the stored one on, in whatever order the upcasters are listed', () => {
    expect(upcastFrom(1, { a: 1 }, renames)).toEqual({ data: { a: 1, b: 2, c: 3 }, version: 3, notRecorded: ['b', 'c'] });
    expect(upcastFrom(2, { a: 1 }, renames)).toEqual({ data: { a: 1, c: 3 }, version: 3, notRecorded: ['c'] });
  });

  test('leaves the newest version as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (data) =>
        expect(upcastFrom(3, data, renames)).toEqual({ data, version: 3, notRecorded: [] }),
      ),
    );
  });
});

describe('the upcasters of this release', () => {
  test.each(Object.entries(catalogue).filter(([type]) => !neverUpcast.includes(type)))(
    'lead from every version of %s to the newest',
    (type, { version }) => {
      for (let stored = 1; stored < version; stored++) expect(upcastFrom(stored, {}, eventUpcasters[type] ?? []).version).toBe(version);
    },
  );

  test.each(Object.entries(documents))('lead from every version of the document %s to the newest', (kind, { version }) => {
    for (let stored = 1; stored < version; stored++) expect(upcastFrom(stored, {}, documentUpcasters[kind] ?? []).version).toBe(version);
  });

  test.each(neverUpcast)('%s has none: its verifiers look at the stored version', (type) => {
    expect(eventUpcasters[type]).toBeUndefined();
  });

  test('speak of types that the catalogue has', () => {
    expect(Object.keys(eventUpcasters).filter((type) => !Object.hasOwn(catalogue, type))).toEqual([]);
    expect(Object.keys(documentUpcasters).filter((kind) => !Object.hasOwn(documents, kind))).toEqual([]);
  });
});

const envelope = (type: string, schemaVersion: number, data: Envelope['data']): Envelope => ({ type, schemaVersion, data }) as Envelope;

describe('an event of another version', () => {
  test('of a retired one says what it had not recorded', () => {
    expect(upcastData(envelope('MetaRunOpened', 1, { runId: 'r' }), '7')).toEqual({
      data: { runId: 'r', rules: 1 },
      version: 2,
      notRecorded: ['rules'],
    });
  });

  test('of one that knew the claimed name alone reads as one without a local user', () => {
    const approved = { meta: 'desk', runId: 'r', proposer: 'worker', approver: 'ann', why: 'seen' };
    expect(domainEvent(envelope('RebalanceApproved', 1, approved), '7').data).toEqual({ ...approved, localUser: null });
    const { localUser: _held, ...held } = portfolioFacts.held('desk', 'h1');
    expect(domainEvent(envelope('RebalanceHeld', 1, held), '7').data).toEqual({ ...held, localUser: null });
    const { localUser: _rejected, ...rejected } = portfolioFacts.rejected('desk', 'h1');
    expect(domainEvent(envelope('RebalanceRejected', 1, rejected), '7').data).toEqual({ ...rejected, localUser: null });
  });

  test('keeps of a letter of release 0.1.0 what it told, and leaves the head of its message out', () => {
    const document = { kind: 'document', sha256: 'c'.repeat(64), bytes: 9, mediaType: 'application/json' };
    const told = { letterId: 'l', sleeve: 'etfs', code: 'MessageInvalid', reason: 'not JSON', path: null, source: {} };
    const payload = { bytes: 9, sha256: 'c'.repeat(64), headBase64: 'bm90IGpzb24=', document };
    expect(upcastData(envelope('SleeveRunRejected', 1, { ...told, payload }), '7')).toEqual({
      data: { ...told, payload: { bytes: 9, sha256: 'c'.repeat(64), document, whole: true, sealed: null } },
      version: 2,
      notRecorded: [],
    });
    const lost = upcastData(envelope('SleeveRunRejected', 1, { ...told, payload: { ...payload, document: null } }), '7');
    expect(lost.data).toMatchObject({ payload: { document: null, whole: false } });
    expect(upcastData(envelope('SleeveResultHeld', 1, { heldId: 'h', payload: document }), '7')).toEqual({
      data: { heldId: 'h', payload: document, sealed: null },
      version: 2,
      notRecorded: [],
    });
  });

  test.each(['MetaRunOpened', 'SleeveQuarantined', 'NeverHeardOf'])('of a newer build is refused by name and place: %s', (type) => {
    expect(() => domainEvent(envelope(type, 99, {}), '7')).toThrow(
      expect.objectContaining({ code: 'UnknownEventType', evidence: { type, schemaVersion: 99, position: '7' } }),
    );
  });
});
