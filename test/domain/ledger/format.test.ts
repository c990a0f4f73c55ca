import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { domainStreamPattern, domainStreamPrefixes, isDomainStream, streamTestOf } from '../../../domain/audit/streams.ts';
import { catalogue } from '../../../domain/catalogue.ts';
import { documents } from '../../../domain/documents/documents.ts';
import { formatDifference, formatOfBuild, raisedFormat, unionOf } from '../../../domain/ledger/format.ts';
import { formatOf010 } from '../../../domain/ledger/format-of-010.ts';
import { artifactVersions } from '../../../domain/shared/artifact-chunks.ts';
import { type LedgerFormat, ledgerFormatRaisedSchema } from '../../../domain/shared/ledger-events.ts';

/** Few names, so that two formats meet in some; one of them is a member that every object has. */
const versions = fc.dictionary(fc.constantFrom('Opened', 'Closed', 'constructor'), fc.integer({ min: 1, max: 3 }));
const anyFormat: fc.Arbitrary<LedgerFormat> = fc.record({
  streams: fc.subarray(['ledger', 'sleeve-', 'remark-', 'seals']).chain((names) => fc.shuffledSubarray(names, { minLength: names.length })),
  events: versions,
  documents: versions,
  identityVersion: fc.integer({ min: 1, max: 3 }),
});

const knows = (build: LedgerFormat, recorded: LedgerFormat): boolean => formatDifference(recorded, build).length === 0;
const raised = (recorded: LedgerFormat, build: LedgerFormat): LedgerFormat => raisedFormat(recorded, build) ?? recorded;
const same = (left: LedgerFormat, right: LedgerFormat): boolean => knows(left, right) && knows(right, left);

const areBelow = (left: LedgerFormat['events'], right: LedgerFormat['events']): boolean =>
  Object.entries(left).every(([name, version]) => new Map(Object.entries(right)).get(name)! >= version);

/** The order of formats written out: everything that one names, the other has at that version or a later one. */
function isWithin(format: LedgerFormat, other: LedgerFormat): boolean {
  return (
    format.streams.every((stream) => other.streams.includes(stream)) &&
    areBelow(format.events, other.events) &&
    areBelow(format.documents, other.documents) &&
    format.identityVersion <= other.identityVersion
  );
}

describe('Raising a format', () => {
  test('by the same build again changes nothing', () => {
    fc.assert(fc.property(anyFormat, anyFormat, (recorded, build) => raisedFormat(raised(recorded, build), build) === null));
  });

  test('by two builds ends the same, whoever is first', () => {
    fc.assert(
      fc.property(anyFormat, anyFormat, anyFormat, (recorded, one, other) =>
        same(raised(raised(recorded, one), other), raised(raised(recorded, other), one)),
      ),
    );
    fc.assert(fc.property(anyFormat, anyFormat, (one, other) => expect(unionOf(one, other)).toEqual(unionOf(other, one))));
  });

  test('takes nothing away and adds nothing but what the build has', () => {
    fc.assert(
      fc.property(anyFormat, anyFormat, anyFormat, (recorded, build, third) => {
        const after = raised(recorded, build);
        expect(isWithin(recorded, after) && isWithin(build, after)).toBe(true);
        if (isWithin(recorded, third) && isWithin(build, third)) expect(isWithin(after, third)).toBe(true);
      }),
    );
  });

  test('is asked for exactly when the build goes beyond what is recorded', () => {
    fc.assert(
      fc.property(anyFormat, anyFormat, (recorded, build) => (raisedFormat(recorded, build) === null) === isWithin(build, recorded)),
    );
  });
});

describe('A build', () => {
  test('refuses a ledger exactly when the recorded format is not within its own', () => {
    fc.assert(fc.property(anyFormat, anyFormat, (recorded, build) => knows(build, recorded) === isWithin(recorded, build)));
  });

  test('that raised a format it knew can go on, and the ones that it went beyond cannot', () => {
    fc.assert(
      fc.property(anyFormat, anyFormat, anyFormat, (recorded, build, older) => {
        fc.pre(knows(build, recorded) && !isWithin(build, older));
        expect(knows(build, raised(recorded, build))).toBe(true);
        expect(knows(older, raised(recorded, build))).toBe(false);
      }),
    );
  });

  test('says in words what it lacks', () => {
    const newer = {
      ...formatOfBuild,
      streams: [...formatOfBuild.streams, 'remark-', 'tally'],
      events: { ...formatOfBuild.events, Opened: 1 },
      documents: { ...formatOfBuild.documents, 'walk-forward': 9 },
      identityVersion: 9,
    };
    expect(formatDifference(newer, formatOfBuild)).toEqual([
      'streams remark-...',
      'stream tally',
      'event Opened version 1',
      'document walk-forward version 9',
      'identity version 9',
    ]);
    expect(formatDifference(formatOfBuild, newer)).toEqual([]);
  });
});

describe('The format of this build', () => {
  test('is what its catalogue, its documents and its streams say, and can be recorded', () => {
    expect(formatOfBuild.events).toEqual(Object.fromEntries(Object.entries(catalogue).map(([type, { version }]) => [type, version])));
    expect(Object.keys(formatOfBuild.documents)).toEqual([...Object.keys(documents), ...Object.keys(artifactVersions)]);
    expect(Object.keys(documents)).not.toEqual(expect.arrayContaining(Object.keys(artifactVersions)));
    expect(formatOfBuild.streams).toBe(domainStreamPrefixes);
    expect(ledgerFormatRaisedSchema.safeParse(raisedFormat(formatOf010, formatOfBuild)).success).toBe(true);
  });

  test('has everything that a ledger of release 0.1.0 may hold', () => {
    expect(formatDifference(formatOf010, formatOfBuild)).toEqual([]);
    expect([
      formatOf010.streams.length,
      Object.keys(formatOf010.events).length,
      Object.keys(formatOf010.documents).length,
      formatOf010.identityVersion,
    ]).toEqual([10, 45, 6, 1]);
    expect(new Set([...Object.values(formatOf010.events), ...Object.values(formatOf010.documents)])).toEqual(new Set([1]));
  });
});

describe('An allow-list of streams', () => {
  test('becomes the pattern by which servers filter', () => {
    expect(domainStreamPattern).toBe(
      '^(?:ledger|seals|(?:sleeve|sleeveRun|intake|metaPortfolio|metaRun|backtest|combination|tournament|scan|selection|token)-.+)$',
    );
  });

  test('names every stream that an event of the catalogue stands in; one that is missing is added to domain/shared/stream-names.ts', () => {
    const missing = Object.entries(catalogue).flatMap(([type, { stream }]) =>
      stream
        .split(' or ')
        .filter((shown) => !isDomainStream(shown.replace(/<.+>$/, 'id')))
        .map((shown) => `${type} stands in ${shown}`),
    );
    expect(missing).toEqual([]);
  });

  test('names whole streams and beginnings of streams', () => {
    const isListed = streamTestOf(['ledger', 'seals', 'remark-']);
    expect(['ledger', 'seals', 'remark-b'].map(isListed)).toEqual([true, true, true]);
    expect(['seals-2', 'remark-', 'remark', 'ledger-remark-b', '$remark-b'].map(isListed)).toEqual([false, false, false, false, false]);
    expect(streamTestOf(['ledger'])('ledger')).toBe(true);
  });
});
