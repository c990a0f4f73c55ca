/**
 * Which rows each fact writes, whole, beside each other, and its line of the audit log: a row that changes without a new version of its
 * projection would differ between two builds on one store. Where a projection is changed on purpose, its version is raised and the kept
 * rows are written anew (`jest -u`).
 */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { FoldedRows } from '../../handlers/read-models/views.ts';
import { allProjections, everyProjection } from '../../projections/all.ts';
import { auditStep } from '../../projections/audit-log.ts';
import type { Projection } from '../../projections/projection.ts';
import { everyFact } from '../support/portfolio-events.ts';

const { events, stored } = everyFact();

function written(projection: Projection): unknown[] {
  const rows = new Map<string, JsonObject>();
  return events
    .filter(({ type }) => projection.types.includes(type))
    .map((event) => {
      const asked = projection.keysFor(event);
      const changes = projection.apply(event, (key) => (asked.includes(key) ? (rows.get(key) ?? null) : null));
      for (const { key, value } of changes) {
        if (value === null) rows.delete(key);
        else rows.set(key, value);
      }
      return { type: event.type, asked, changes };
    });
}

describe.each(allProjections.map((projection) => [projection.name, projection] as const))('%s', (_, projection) => {
  test('writes these rows', () => {
    expect(written(projection)).toMatchSnapshot();
  });
});

test.each(allProjections.map((projection) => [projection.name, projection] as const))(
  '%s asks for every row that it reads, before it does',
  (_, projection) => {
    const rows = new FoldedRows();
    for (const event of events.filter(({ type }) => projection.types.includes(type))) {
      const asked = new Set(projection.keysFor(event));
      const read = new Set<string>();
      projection.apply(event, (key) => {
        read.add(key);
        return rows.rows.get(key) ?? null;
      });
      expect([...read].filter((key) => !asked.has(key))).toEqual([]);
      rows.apply(projection, event);
    }
  },
);

test('each fact has the line of the audit log that it had', () => {
  const lines = stored.map(({ bytes }) => JSON.stringify(auditStep(decodeEnvelope(bytes))));
  expect(lines.join('\n')).toMatchSnapshot();
});

test('the projections have these versions, and read these types', () => {
  expect(
    everyProjection.map((one) => ('types' in one ? [one.name, one.version, ...one.types] : [one.name, one.version, one.kind])),
  ).toEqual([
    ['backtest-trials', 2, 'BacktestStarted', 'BacktestCompleted', 'TournamentStarted', 'TournamentCompleted'],
    ['current-weights', 2, 'MetaRunOpened', 'GuardrailsApplied', 'PortfolioFlattened', 'AcceptanceMeasured', 'MetaRunCompleted'],
    [
      'dead-letters',
      4,
      'SleeveRunRejected',
      'MessagesRefused',
      'DeadLetterResolved',
      'DeadLetterErased',
      'SleeveResultHeld',
      'SleeveResultReleased',
    ],
    ['parity-record', 2, 'ParityWaiverGranted', 'ParityWaiverRevoked'],
    [
      'portfolio-directory',
      3,
      'MetaPortfolioDefined',
      'DefinitionProposed',
      'DefinitionApproved',
      'DefinitionRejected',
      'ReallocationScheduled',
      'AllocationPublished',
      'RebalanceSkipped',
      'RebalanceHeld',
      'RebalanceRejected',
      'ReallocationRefused',
      'PublicationHalted',
      'PublicationResumed',
    ],
    [
      'run-directory',
      6,
      'SleeveRunOpened',
      'UniverseFormed',
      'IntegrityFailed',
      'AssetsSelected',
      'SelectionAborted',
      'SleeveProfileSolved',
      'SleeveProfileImported',
      'SleeveProfileFailed',
      'SleeveProfileAbsent',
      'SleeveRunCertified',
      'SleeveRunDegraded',
      'SleeveRunFoundIneligible',
      'MetaRunOpened',
      'ParityRejected',
      'MetaRunCompleted',
      'BacktestStarted',
      'BacktestCompleted',
      'BacktestFailed',
      'TournamentStarted',
      'TournamentCompleted',
      'TournamentFailed',
      'PositionsCombined',
      'CombinationRefused',
    ],
    ['sleeve-directory', 3, 'SleeveRunAccepted', 'SleeveQuarantined', 'SleeveReinstated'],
    [
      'sleeve-status',
      3,
      'SleeveDefined',
      'SleeveRunAccepted',
      'SleeveQuarantined',
      'SleeveReinstated',
      'SleeveOverdue',
      'SleeveRunRejected',
      'MessagesRefused',
      'DeadLetterResolved',
      'SleeveResultHeld',
      'SleeveResultReleased',
    ],
    ['token-directory', 1, 'TokenCreated', 'TokenRevoked'],
    ['tree-tiles', 1, 'leaves'],
  ]);
});
