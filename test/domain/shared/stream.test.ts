import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { metaPortfolioDecider } from '../../../domain/publication/decider.ts';
import type { MetaPortfolioCommand } from '../../../domain/publication/commands.ts';
import { draftMetaPortfolio, type MetaPortfolioDraft } from '../../../domain/publication/slice.ts';
import { metaPortfolioStream } from '../../../domain/publication/stream.ts';
import { metaRunStream } from '../../../domain/meta-run/stream.ts';
import type { ScanCommand } from '../../../domain/scan-record/commands.ts';
import { scanStream } from '../../../domain/scan-record/stream.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { draftSleeve } from '../../../domain/sleeve/slice.ts';
import { intakeStream } from '../../../domain/sleeve/intake-stream.ts';
import { sleeveDecider } from '../../../domain/sleeve/decider.ts';
import { sleeveRunStream } from '../../../domain/sleeve-run/stream.ts';
import { sleeveStream } from '../../../domain/sleeve/stream.ts';
import type { IntakeCommand, SleeveCommand } from '../../../domain/sleeve/commands.ts';
import type { TokenCommand } from '../../../domain/token/commands.ts';
import { tokenStream } from '../../../domain/token/stream.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { keptAudit, recordedScan } from '../../support/scan-facts.ts';
import { tokenFacts } from '../../support/token-facts.ts';
import { portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

describe('a kind of stream', () => {
  test('names its streams and knows them again', () => {
    for (const [kind, id, name] of [
      [sleeveStream, 'etfs', 'sleeve-etfs'],
      [sleeveRunStream, 'r-1', 'sleeveRun-r-1'],
      [metaPortfolioStream, 'desk', 'metaPortfolio-desk'],
      [metaRunStream, 'm-1', 'metaRun-m-1'],
    ] as const) {
      expect(kind.name(id)).toBe(name);
      expect(kind.idOf(name)).toBe(id);
    }
    expect(sleeveStream.idOf('sleeveRun-r-1')).toBeNull();
    expect(intakeStream.name('sleeve-results.v1')).toBe('intake-sleeve-results_v1');
    expect(() => intakeStream.name('t'.repeat(200))).toThrow(expect.objectContaining({ code: 'Usage' }));
  });

  test('refuses by name what has no place in it', () => {
    const foreign = { type: 'SleeveDefined', data: sleeveFacts.defined('etfs') };
    expect(() => metaPortfolioStream.evolve(metaPortfolioStream.initialState, foreign)).toThrow(
      expect.objectContaining({ code: 'UnknownEventType', message: expect.stringContaining('SleeveDefined') }),
    );
    expect(sleeveStream.evolve(sleeveStream.initialState, foreign).definition).toEqual(foreign.data);
  });

  test('drafts what its schema admits, and nothing else', () => {
    expect(draftSleeve('SleeveQuarantined', { sleeve: 'etfs', number: 1, why: 'outage' })).toEqual({
      type: 'SleeveQuarantined',
      schemaVersion: 1,
      data: { sleeve: 'etfs', number: 1, why: 'outage' },
    });
    expect(() => draftSleeve('SleeveQuarantined', { sleeve: 'etfs', number: 0, why: 'outage' })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation', at: { path: 'number' } }),
    );
  });
});

/** Ids of events derive from these: a release that changes one records twice what a crash made somebody deliver again. */
describe('what makes a command this one and no other', () => {
  const letter = sleeveFacts.rejected('etfs');
  const held = sleeveFacts.held('etfs');
  const sleeveCommands: readonly (readonly [SleeveCommand, readonly unknown[]])[] = [
    [{ kind: 'AcceptSleeveRun', run: sleeveFacts.accepted('etfs', 'r1', '2025-07-17') }, ['AcceptSleeveRun', 'r1']],
    [{ kind: 'QuarantineSleeve', sleeve: 'etfs', number: 2, why: 'outage' }, ['QuarantineSleeve', 2, 'ann', 'outage']],
    [{ kind: 'ReinstateSleeve', sleeve: 'etfs', number: 2, why: 'over' }, ['ReinstateSleeve', 2, 'ann', 'over']],
    [
      { kind: 'DefineSleeve', sleeve: 'etfs', profile: 'etfs_weekly', number: 3, expectedBy: null, grossMax: null },
      ['Define', 3, 'etfs_weekly', 'null'],
    ],
    [
      { kind: 'DefineSleeve', sleeve: 'etfs', profile: 'etfs_weekly', number: 3, expectedBy: null, grossMax: 2 },
      ['Define', 3, 'etfs_weekly', 'null', 2],
    ],
    [{ kind: 'RejectSleeveRun', letter }, ['RejectSleeveRun', letter.letterId]],
    [
      { kind: 'HoldSleeveResult', heldId: held.heldId, sleeve: 'etfs', source: held.source, sealed: held.sealed },
      ['HoldSleeveResult', held.heldId],
    ],
    [{ kind: 'ReleaseSleeveResult', released: sleeveFacts.released('etfs') }, ['ReleaseSleeveResult', held.heldId]],
    [{ kind: 'ResolveDeadLetter', resolution: sleeveFacts.resolved('etfs') }, ['ResolveDeadLetter', letter.letterId]],
    [{ kind: 'RefuseMessages', refused: sleeveFacts.refusedTogether('etfs') }, ['RefuseMessages', letter.letterId]],
    [{ kind: 'EraseDeadLetter', erasure: sleeveFacts.erased('etfs') }, ['EraseDeadLetter', letter.letterId]],
    [
      { kind: 'NoteSleeveOverdue', sleeve: 'etfs', session: '2025-07-18', expectedBy: '2025-07-18T22:30:00.000Z' },
      ['NoteSleeveOverdue', '2025-07-18'],
    ],
  ];

  test.each(sleeveCommands.map(([command, identity]) => [command.kind, command, identity] as const))(
    '%s of a sleeve',
    (_, command, identity) => {
      expect(sleeveStream.identityOf(command, { actor: 'ann', state: sleeveDecider.initialState, decided: [], sha256 })).toEqual(identity);
    },
  );

  const intakeCommands: readonly (readonly [IntakeCommand, readonly unknown[]])[] = [
    [{ kind: 'RejectSleeveRun', letter: sleeveFacts.rejected(null) }, ['RejectSleeveRun', sleeveFacts.rejected(null).letterId]],
    [{ kind: 'ResolveDeadLetter', resolution: sleeveFacts.resolved('etfs') }, ['ResolveDeadLetter', letter.letterId]],
  ];

  test.each(intakeCommands.map(([command, identity]) => [command.kind, command, identity] as const))(
    '%s of an intake',
    (_, command, identity) => {
      expect(intakeStream.identityOf(command, { actor: 'ann', state: intakeStream.initialState, decided: [], sha256 })).toEqual(identity);
    },
  );

  const { number: _, ...definition } = portfolioFacts.defined('desk', ['etfs']);
  const schedule = portfolioFacts.scheduled('desk', '2026-01-02T04:00:00.000Z');
  const { number: __, approval: ___, ...allocation } = portfolioFacts.published('desk', 1);
  const proposal = { ...allocation, acceptance: [] };
  const scheduled: MetaPortfolioDraft = draftMetaPortfolio('ReallocationScheduled', schedule);
  const portfolioCommands: readonly (readonly [MetaPortfolioCommand, readonly unknown[]])[] = [
    [
      { kind: 'GrantParityWaiver', waiverId: 'w1', meta: 'desk', who: 'ann', why: 'x', paths: ['a'], until: '2026-12-31' },
      ['GrantParityWaiver', 'w1'],
    ],
    [{ kind: 'RevokeParityWaiver', waiverId: 'w1', meta: 'desk', who: 'ann', why: 'x' }, ['RevokeParityWaiver', 'w1']],
    [{ kind: 'DefineMetaPortfolio', definition, sleeves: [], proposer: 'ann', localUser: null }, ['Define', 5, hashOf(definition)]],
    [{ kind: 'ApproveRebalance', proposal, approver: 'ann', why: 'seen', localUser: null }, ['Approve', proposal.runId, 7, 'ann', 'seen']],
    [
      { kind: 'RejectRebalance', meta: 'desk', runId: 'run-a', who: 'ann', why: 'wrong prices', localUser: null },
      ['RejectRebalance', 'run-a', 7, 'ann', 'wrong prices'],
    ],
    [
      { kind: 'ApproveDefinition', meta: 'desk', proposal: 2, approver: 'ann', why: 'seen', localUser: null },
      ['ApproveDefinition', 2, 'ann', 'seen'],
    ],
    [{ kind: 'RejectDefinition', meta: 'desk', proposal: 2, who: 'ann', why: 'no', localUser: null }, ['RejectDefinition', 2, 'ann', 'no']],
    [{ kind: 'HaltPublication', meta: 'desk', number: 2, who: 'ann', why: 'outage' }, ['HaltPublication', 2, 'ann', 'outage']],
    [{ kind: 'ResumePublication', meta: 'desk', number: 2, who: 'ann', why: 'over' }, ['ResumePublication', 2, 'ann', 'over']],
    [{ kind: 'ScheduleReallocation', schedule }, ['ScheduleReallocation', hashOf([schedule]), 7, 3]],
    [{ kind: 'ProposeAllocation', proposal, proposer: 'worker', localUser: null }, ['ProposeAllocation', hashOf([schedule]), 7, 3]],
    [{ kind: 'RefuseReallocation', refusal: portfolioFacts.refused('desk') }, ['RefuseReallocation', hashOf([schedule]), 7, 3]],
  ];

  test.each(portfolioCommands.map(([command, identity]) => [command.kind, command, identity] as const))(
    '%s of a portfolio',
    (_kind, command, identity) => {
      const state = {
        ...metaPortfolioDecider.initialState,
        definition: portfolioFacts.defined('desk', ['etfs'], { number: 4 }),
        decisions: 7,
        schedules: 3,
      };
      expect(metaPortfolioStream.identityOf(command, { actor: 'ann', state, decided: [scheduled], sha256 })).toEqual(identity);
    },
  );

  const scan = recordedScan();
  const audit = keptAudit(['one']);
  const scanCommands: readonly (readonly [ScanCommand, readonly unknown[]])[] = [
    [{ kind: 'RecordScan', scan }, ['RecordScan', scan.snapshot]],
    [{ kind: 'KeepAudit', audit }, ['KeepAudit', audit.auditId]],
  ];

  test.each(scanCommands.map(([command, identity]) => [command.kind, command, identity] as const))(
    '%s of scans',
    (_kind, command, identity) => {
      expect(scanStream.identityOf(command, { actor: 'ann', state: scanStream.initialState, decided: [], sha256 })).toEqual(identity);
    },
  );

  const tokenCommands: readonly (readonly [TokenCommand, readonly unknown[]])[] = [
    [{ kind: 'CreateToken', token: tokenFacts.created('olga') }, ['CreateToken', tokenFacts.created('olga').secretSha256]],
    [{ kind: 'RevokeToken', tokenId: '0123456789abcdef', why: 'she left' }, ['RevokeToken', '0123456789abcdef']],
  ];

  test.each(tokenCommands.map(([command, identity]) => [command.kind, command, identity] as const))(
    '%s of a token',
    (_kind, command, identity) => {
      expect(tokenStream.identityOf(command, { actor: 'ann', state: tokenStream.initialState, decided: [], sha256 })).toEqual(identity);
    },
  );

  test('is held here for every stream that commands are decided on: a new stream adds a table of its commands', () => {
    const tables = {
      sleeve: sleeveCommands,
      intake: intakeCommands,
      metaPortfolio: portfolioCommands,
      scan: scanCommands,
      token: tokenCommands,
    };
    const filled = Object.entries(tables).flatMap(([stream, commands]) => (commands.length > 0 ? [stream] : []));
    expect(filled.toSorted()).toEqual(Object.keys(streams).toSorted());
  });
});
