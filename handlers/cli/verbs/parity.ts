import { draftEvent } from '../../../domain/catalogue.ts';
import { metaPortfolioDecider } from '../../../domain/meta/decider.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parityOf } from '../../compute/meta-run.ts';
import { portfolioWaivers } from '../../commands/flow-meta.ts';
import { selectSleeveRuns, sleevesInView } from '../../commands/select-sleeve-runs.ts';
import { loadSleeveRun } from '../../load-sleeve-run.ts';
import { derivedUuid } from '../../identity.ts';
import { handleCommand } from '../../record.ts';
import { parseKnownAt } from '../../views.ts';
import { dateFlag, listFlag, requiredFlag, textFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { asOfFlag, heading, knownAtFlag, lines, metaFlag, percent, table, type Verb } from '../verb.ts';

export const parityCheck: Verb = {
  path: ['parity', 'check'],
  summary: 'Compares the sleeves of a meta portfolio leaf by leaf, without recording anything.',
  flags: [metaFlag, asOfFlag, knownAtFlag],
  writes: false,
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const node = resolveMeta(manifest, requiredFlag(flags, 'meta'));
    const { ports } = await context.reading();
    const knownAt = textFlag(flags, 'knownAt');
    const selected = await selectSleeveRuns(node, dateFlag(flags, 'asOf'), await sleevesInView(ports, knownAt === null ? null : parseKnownAt(knownAt)), (runId) => loadSleeveRun(ports, runId, []));
    const { verdict, outcome } = parityOf({ node, ...selected, waivers: await portfolioWaivers(ports, node.requested) });
    const unequal = verdict.leaves.filter(({ status }) => status !== 'equal' && status !== 'absent_everywhere');
    return {
      result: { meta: node.requested, asOf: selected.asOf, verdict: verdict.verdict, decision: outcome.outcome, overlap: verdict.overlap, counts: verdict.counts, leaves: verdict.leaves, mandated: verdict.mandated, uncovered: outcome.uncovered },
      exit: outcome.outcome === 'rejected' ? 1 : 0,
      people: [
        heading(`Parity of ${node.requested}: ${verdict.verdict}, ${outcome.outcome}`),
        lines(`Overlap ${verdict.overlap.all === null ? 'unknown' : percent(verdict.overlap.all)} of ${verdict.counts.all.leaves} leaves.`),
        table(['leaf', 'status', 'values'], unequal.map((leaf) => [leaf.path, leaf.status, JSON.stringify(leaf.values)])),
        table(['mandated', 'value', 'status'], verdict.mandated.map((finding) => [finding.path, JSON.stringify(finding.mandated), finding.status])),
      ],
    };
  },
};

export const parityWaive: Verb = {
  path: ['parity', 'waive'],
  summary: 'Accepts named parity violations of a meta portfolio until a date; recorded with who and why.',
  flags: [
    metaFlag,
    { flags: '--paths <list...>', summary: 'leaf paths, e.g. backtest.test_window', required: true },
    { flags: '--until <date>', summary: 'last as-of date covered', required: true },
    { flags: '--why <text>', summary: 'the reason, recorded', required: true },
  ],
  examples: ['sleeve-ledger parity waive --meta meta_production --paths backtest.test_window --until 2026-12-31 --why "migration to 60/20/20"'],
  writes: true,
  run: async (context, { flags }) => {
    const meta = requiredFlag(flags, 'meta');
    if (!/^[a-zA-Z0-9_-]+$/.test(meta)) throw new LedgerError('Usage', `${meta} is no portfolio name`);
    const paths = listFlag(flags, 'paths').toSorted();
    const until = dateFlag(flags, 'until')!;
    const why = requiredFlag(flags, 'why');
    const session = await context.writing();
    const who = session.actor;
    const waiverId = derivedUuid(session.ports.ids, ['waiver', session.ledger.ledgerId, meta, who, why, until, ...paths]);
    const { appended, state } = await handleCommand(
      session,
      { stream: `metaPortfolio-${meta}`, decider: metaPortfolioDecider, command: { kind: 'GrantParityWaiver', waiverId, meta, who, why, paths, until }, identity: ['GrantParityWaiver', waiverId] },
      (event) => draftEvent(event.type, event.data as never),
    );
    const stands = state.waivers.some((waiver) => waiver.waiverId === waiverId);
    return {
      result: { waiverId, meta, who, why, paths, until, already: appended.length === 0, stands },
      people: [lines(`Waiver ${waiverId}: ${paths.join(', ')} until ${until}${stands ? '' : ' (revoked)'}.`)],
      // The same terms are the same waiver: a redelivery must not bring back what somebody withdrew.
      warnings: stands ? [] : ['this waiver was granted before and revoked: it stays revoked; give another --why or --until to grant a new one'],
      exit: stands ? 0 : 1,
    };
  },
};

export const parityRevoke: Verb = {
  path: ['parity', 'revoke'],
  summary: 'Withdraws a waiver.',
  args: [{ name: '<waiver>', summary: 'waiver id' }],
  flags: [metaFlag, { flags: '--why <text>', summary: 'the reason, recorded', required: true }],
  writes: true,
  run: async (context, { args, flags }) => {
    const meta = requiredFlag(flags, 'meta');
    const why = requiredFlag(flags, 'why');
    const session = await context.writing();
    const waiverId = args[0]!;
    const { appended } = await handleCommand(
      session,
      { stream: `metaPortfolio-${meta}`, decider: metaPortfolioDecider, command: { kind: 'RevokeParityWaiver', waiverId, meta, who: session.actor, why }, identity: ['RevokeParityWaiver', waiverId] },
      (event) => draftEvent(event.type, event.data as never),
    );
    return { result: { waiverId, meta, already: appended.length === 0, why: textFlag(flags, 'why') }, people: [lines(`Waiver ${waiverId} is revoked.`)] };
  },
};
