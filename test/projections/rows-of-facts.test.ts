/**
 * Which rows each fact writes, whole, beside each other: a row that changes without a new version of its projection would differ between
 * two builds on one store. Where a projection is changed on purpose, its version is raised and the kept rows are written anew (`jest -u`).
 */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { allProjections, everyProjection } from '../../projections/all.ts';
import type { Projection } from '../../projections/projection.ts';
import { everyFact } from '../support/portfolio-events.ts';

const { events } = everyFact();

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
