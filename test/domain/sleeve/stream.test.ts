/** What makes a command this one: an identity that changes would let a command that was carried out be carried out again. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { IntakeCommand, SleeveCommand } from '../../../domain/sleeve/commands.ts';
import { intakeStream } from '../../../domain/sleeve/intake-stream.ts';
import { acceptanceIdentity, sleeveStream } from '../../../domain/sleeve/stream.ts';
import { sleeveFacts } from '../../support/portfolio-events.ts';

const { accepted, rejected, resolved, refusedTogether, erased, released, held, defined } = sleeveFacts;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const asked = { actor: 'ann', decided: [], sha256 };
const context = { ...asked, state: sleeveStream.initialState };
const expectedBy = { calendar: 'XNYS', time: '18:30', zone: 'America/New_York' } as const;
const { letterId } = rejected('etfs');
const { heldId } = held('etfs');
const define = { kind: 'DefineSleeve', sleeve: 'etfs', profile: 'etfs', number: 2, expectedBy, grossMax: null } as const;

const commands: readonly (readonly [SleeveCommand, readonly unknown[]])[] = [
  [{ kind: 'AcceptSleeveRun', run: accepted('etfs', 'r1', '2025-07-17') }, ['AcceptSleeveRun', 'r1']],
  [{ kind: 'QuarantineSleeve', sleeve: 'etfs', number: 1, why: 'outage' }, ['QuarantineSleeve', 1, 'ann', 'outage']],
  [{ kind: 'ReinstateSleeve', sleeve: 'etfs', number: 1, why: 'over' }, ['ReinstateSleeve', 1, 'ann', 'over']],
  [define, ['Define', 2, 'etfs', '{"calendar":"XNYS","time":"18:30","zone":"America/New_York"}']],
  [{ ...define, expectedBy: null, grossMax: 1.5 }, ['Define', 2, 'etfs', 'null', 1.5]],
  [{ kind: 'RejectSleeveRun', letter: rejected('etfs') }, ['RejectSleeveRun', letterId]],
  [{ kind: 'ResolveDeadLetter', resolution: resolved('etfs') }, ['ResolveDeadLetter', letterId]],
  [{ kind: 'RefuseMessages', refused: refusedTogether('etfs') }, ['RefuseMessages', letterId]],
  [{ kind: 'EraseDeadLetter', erasure: erased('etfs') }, ['EraseDeadLetter', letterId]],
  [{ kind: 'ReleaseSleeveResult', released: released('etfs') }, ['ReleaseSleeveResult', heldId]],
  [
    { kind: 'NoteSleeveOverdue', sleeve: 'etfs', session: '2025-07-17', expectedBy: '2025-07-17T22:30:00.000Z' },
    ['NoteSleeveOverdue', '2025-07-17'],
  ],
];

test.each(commands)('a command of a sleeve has its identity: %j', (command, identity) => {
  expect(sleeveStream.identityOf(command, context)).toEqual(identity);
});

test('a result is held under its own id, and a run is accepted under that of the run', () => {
  const { source, sealed } = held('etfs');
  expect(sleeveStream.identityOf({ kind: 'HoldSleeveResult', heldId, sleeve: 'etfs', source, sealed }, context)).toEqual([
    'HoldSleeveResult',
    heldId,
  ]);
  expect(acceptanceIdentity('r1')).toEqual(['AcceptSleeveRun', 'r1']);
  expect(sleeveStream.name(defined('etfs').sleeve)).toBe('sleeve-etfs');
});

const kindsOfTopics = ['RejectSleeveRun', 'ResolveDeadLetter', 'RefuseMessages', 'EraseDeadLetter'];
const isOfTopic = (command: SleeveCommand): command is IntakeCommand => kindsOfTopics.includes(command.kind);

test('letters of a topic have the same identities as those of a sleeve', () => {
  const ofTopics = commands.flatMap(([command, identity]) => (isOfTopic(command) ? [{ command, identity }] : []));
  expect(ofTopics.map(({ command }) => intakeStream.identityOf(command, { ...asked, state: intakeStream.initialState }))).toEqual(
    ofTopics.map(({ identity }) => identity),
  );
  expect(ofTopics).toHaveLength(kindsOfTopics.length);
});
