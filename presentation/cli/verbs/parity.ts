import { isMetaName } from '../../../domain/manifest/aliases.ts';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import { agreementOf, agreementText } from '../../../domain/parity/counts.ts';
import { grantParityWaiver } from '../../../handlers/commands/grant-parity-waiver.ts';
import { revokeParityWaiver } from '../../../handlers/commands/revoke-parity-waiver.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { isKnownPortfolio, knownPortfolios } from '../../../handlers/queries/known-names.ts';
import { portfolioParity } from '../../../handlers/queries/parity.ts';
import { dateFlag, ledgerTimeFlag, listFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { missingLines } from '../parity-lines.ts';
import { parityRejected } from '../meta-result.ts';
import { asOfFlag, heading, knownAtFlag, lines, metaFlag, table, type VerbCode, type VerbContext } from '../verb.ts';

const manifestIfThere = async (context: VerbContext): Promise<Manifest | null> =>
  (await context.tools.files.exists(context.settings.manifest)) ? readManifest(context) : null;

export const parityCheck: VerbCode = {
  flags: [metaFlag, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger parity check --meta meta_production'],
  writes: false,
  run: async (context, { flags }) => {
    const manifest = await manifestIfThere(context);
    const question = { meta: requiredFlag(flags, 'meta'), asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
    const { meta, asOf, verdict, outcome } = await portfolioParity((await context.reading()).ports, manifest, question);
    const unequal = verdict.leaves.filter(({ status }) => status !== 'equal' && status !== 'absent_everywhere');
    return {
      result: {
        meta,
        asOf,
        verdict: verdict.verdict,
        decision: outcome.outcome,
        overlap: verdict.overlap,
        counts: verdict.counts,
        leaves: verdict.leaves,
        missing: verdict.missing,
        mandated: verdict.mandated,
        uncovered: outcome.uncovered,
      },
      failure: outcome.outcome === 'rejected' ? parityRejected(outcome.uncovered) : null,
      people: [
        heading(`Parity of ${meta}: ${verdict.verdict}, ${outcome.outcome}`),
        lines(`Overlap: ${agreementText(agreementOf(verdict.counts.all))}.`, ...missingLines(verdict)),
        table(
          ['leaf', 'status', 'values'],
          unequal.map((leaf) => [leaf.path, leaf.status, JSON.stringify(leaf.values)]),
        ),
        table(
          ['mandated', 'value', 'status'],
          verdict.mandated.map((finding) => [finding.path, JSON.stringify(finding.mandated), finding.status]),
        ),
      ],
    };
  },
};

/** A portfolio of the manifest need not be known to the ledger yet. Errors: PortfolioUndefined. */
async function requirePortfolio(context: VerbContext, session: Session, meta: string): Promise<void> {
  const manifest = await manifestIfThere(context);
  const listed = manifest === null ? [] : Object.keys(manifest.profiles).filter((name) => isMetaName(manifest, name));
  if (listed.includes(meta) || (await isKnownPortfolio(session, meta))) return;
  const known = [...new Set([...listed, ...(await knownPortfolios(session.ports))])].filter((name) => name !== meta);
  throw new LedgerError('PortfolioUndefined', `there is no portfolio ${meta}${suggestion(meta, known)}`, { at: { path: '--meta' } });
}

export const parityWaive: VerbCode = {
  flags: [
    metaFlag,
    { flags: '--paths <list...>', summary: 'leaf paths, e.g. backtest.test_window', required: true },
    { flags: '--until <date>', summary: 'last as-of date covered', required: true },
    { flags: '--why <text>', summary: 'the reason, recorded', required: true },
  ],
  examples: [
    'sleeve-ledger parity waive --meta meta_production --paths backtest.test_window --until 2026-12-31 --why "migration to 60/20/20"',
  ],
  writes: true,
  run: async (context, { flags }) => {
    const meta = requiredFlag(flags, 'meta');
    const session = await context.writing();
    await requirePortfolio(context, session, meta);
    const granted = await grantParityWaiver(session, {
      meta,
      paths: listFlag(flags, 'paths'),
      until: dateFlag(flags, 'until')!,
      why: requiredFlag(flags, 'why'),
    });
    const { waiverId, paths, until, stands } = granted;
    return {
      result: granted,
      people: [lines(`Waiver ${waiverId}: ${paths.join(', ')} until ${until}${stands ? '' : ' (revoked)'}.`)],
      // The same terms are the same waiver: a redelivery must not bring back what somebody withdrew.
      warnings: stands
        ? []
        : ['this waiver was granted before and revoked: it stays revoked; give another --why or --until to grant a new one'],
      failure: stands ? null : new LedgerError('WaiverRevoked', 'this waiver was granted before and revoked: it stays revoked'),
    };
  },
};

export const parityRevoke: VerbCode = {
  flags: [metaFlag, { flags: '--why <text>', summary: 'the reason, recorded', required: true }],
  examples: ['sleeve-ledger parity revoke 5f0c2a7e-0000-5000-8000-000000000000 --meta meta_production --why "the migration is done"'],
  writes: true,
  run: async (context, { args, flags }) => {
    const [meta, why] = [requiredFlag(flags, 'meta'), requiredFlag(flags, 'why')];
    const revoked = await revokeParityWaiver(await context.writing(), meta, args[0]!, why);
    return { result: revoked, people: [lines(`Waiver ${revoked.waiverId} is revoked.`)] };
  },
};
