import { inLedgerOrder, type RunRow, runDirectory } from '../../../projections/run-directory.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { auditStep } from '../../../projections/audit-log.ts';
import { readWholeStream } from '../../record.ts';
import { parseKnownAt, viewOf } from '../../views.ts';
import { askedRun } from '../asked-run.ts';
import { dateFlag, textFlag } from '../flags.ts';
import { asOfFlag, heading, knownAtFlag, table, type Verb } from '../verb.ts';

export const runs: Verb = {
  path: ['runs'],
  summary: 'Every run in ledger order, and what became of it.',
  flags: [{ flags: '--name <name>', summary: 'only this sleeve or meta portfolio' }, asOfFlag, knownAtFlag],
  writes: false,
  run: async (context, { flags }) => {
    const knownAt = textFlag(flags, 'knownAt');
    const asOf = dateFlag(flags, 'asOf');
    const name = textFlag(flags, 'name');
    const { ports } = await context.reading();
    const view = await viewOf(ports, runDirectory, knownAt === null ? null : parseKnownAt(knownAt));
    const all = inLedgerOrder(await view.rows<RunRow>('id/'));
    const shown = all.filter((run) => (name === null || run.name === name) && (asOf === null || run.asOf <= asOf));
    return {
      result: { runs: shown },
      position: view.position,
      people: [table(['run', 'kind', 'as of', 'status', 'grade', 'profiles'], shown.map((run) => [run.runId, run.kind, run.asOf, run.status, run.grade ?? '', run.risks.join(' ')]))],
    };
  },
};

export const timeline: Verb = {
  path: ['timeline'],
  summary: 'The events of a run, in order.',
  args: [{ name: '<run>', summary: 'run id' }],
  flags: [asOfFlag, knownAtFlag],
  writes: false,
  run: async (context, input) => {
    const { ports } = await context.reading();
    const run = await askedRun(ports, input);
    const stored = await readWholeStream(ports.store, `${run.kind}Run-${run.runId}`);
    const events = stored.map((event) => {
      const envelope = decodeEnvelope(event.bytes);
      const { step, status } = auditStep(envelope);
      return { revision: Number(event.revision), position: event.position, id: event.id, type: event.type, step, status, recordedAt: event.recordedAt, actor: envelope.actor, hash: event.hash };
    });
    return {
      result: { runId: run.runId, kind: run.kind, name: run.name, asOf: run.asOf, status: run.status, events },
      position: stored.at(-1)?.position ?? null,
      people: [heading(`${run.kind} run ${run.runId}: ${run.status}`), table(['#', 'event', 'step', 'status', 'recorded at', 'by'], events.map((event) => [String(event.revision), event.type, event.step, event.status, event.recordedAt, event.actor]))],
    };
  },
};
