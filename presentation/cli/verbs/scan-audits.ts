import { scannerPathsOf, scannerPathsOfManifest } from '../../../domain/manifest/scanner-paths.ts';
import type { AuditAsked } from '../../../domain/scan-record/audit-asked.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { visibleJson } from '../../../domain/shared/visible-text.ts';
import { answerAudit } from '../../../handlers/commands/keep-scan-audit.ts';
import { lastSpecAudit } from '../../../handlers/queries/last-spec-audit.ts';
import {
  attributesQuestion,
  candidatesQuestion,
  gapsQuestion,
  liquidityQuestion,
  mapQuestion,
  orphansQuestion,
  overlapQuestion,
  type ResponseQuestion,
  specQuestion,
} from '../../../handlers/queries/scan-audits.ts';
import { amountFlag, dateFlag, isSet, requiredFlag, textFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { markdownOf } from '../markdown.ts';
import { auditBlocks } from '../scan-audit-result.ts';
import { categoryMapFlag, requestFlag, requiredDate, responseFlag, scannersFlag, scannersFolder } from '../scan-flags.ts';
import {
  asOfFlag,
  type Block,
  type Flag,
  type FlagValues,
  lazyLedger,
  lines,
  type Outcome,
  type VerbCode,
  type VerbContext,
} from '../verb.ts';

const keeping: readonly Flag[] = [
  { flags: '-o, --output <file>', summary: 'the answer, .md or .json; - is standard output, as markdown' },
  { flags: '--record', summary: 'keep the answer in the ledger, once for the same question' },
];

const responseFlags: readonly Flag[] = [
  { ...responseFlag, required: true },
  requestFlag,
  categoryMapFlag,
  { flags: '--as-of <date>', summary: 'date of the last bar in the rows', required: true },
];

function responseAsked(flags: FlagValues): ResponseQuestion {
  return {
    file: requiredFlag(flags, 'response'),
    requestFile: textFlag(flags, 'request'),
    categoryMapFile: textFlag(flags, 'categoryMap'),
    asOf: requiredDate(flags, 'asOf'),
  };
}

/** Markdown for a file `.md` and for standard output, the result as JSON for `.json`. Errors: Usage. */
async function written({ tools }: VerbContext, file: string, title: string, blocks: readonly Block[], result: object): Promise<void> {
  if (file !== '-' && !/\.(?:md|json)$/.test(file))
    throw new LedgerError('Usage', `-o ${file}: a file that ends with .md or .json`, { at: { path: '--output' } });
  await tools.files.writeWhole(
    file,
    file.endsWith('.json') ? `${visibleJson(JSON.stringify(result, null, 2))}\n` : markdownOf(title, blocks),
  );
}

/** Answers a question, writes it where that is asked for, and keeps it with --record. `beside` is told beside the answer. */
async function answered(
  context: VerbContext,
  flags: FlagValues,
  asked: AuditAsked,
  beside: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  const {
    asOf,
    configHash,
    answered: found,
    kept,
  } = await answerAudit(context.tools, asked, isSet(flags, 'record') ? context.writing : null);
  const { question, finding, answer } = found;
  const result = { question, asOf, configHash, finding, ...beside, ...answer, kept };
  const blocks = auditBlocks(found);
  const file = textFlag(flags, 'output');
  if (file !== null) await written(context, file, `Scan ${question}${asOf === null ? '' : ` of ${asOf}`}`, blocks, result);
  return {
    result,
    people: [
      ...blocks,
      ...(kept === null ? [] : [lines('', `Kept as audit ${kept.auditId}${kept.already ? ' (kept before)' : ''}.`)]),
      ...(file === null ? [] : [lines('', `Wrote ${file}.`)]),
    ],
  };
}

/** A verb that answers a question about a response or about scanners. */
function audit(rest: Pick<VerbCode, 'flags' | 'examples'>, run: VerbCode['run']): VerbCode {
  return { ...rest, flags: [...rest.flags, ...keeping], writes: true, run };
}

/** With --record such a verb makes a ledger where there is none. */
const making = (verb: VerbCode): VerbCode => ({ ...verb, makesLedger: 'always' });

const given = '--response response.json --as-of 2026-05-01';

export const scanMap = making(
  audit({ flags: responseFlags, examples: [`sleeve-ledger scan map ${given} -o map.md`] }, async (context, { flags }) =>
    answered(context, flags, await mapQuestion(context.tools, responseAsked(flags))),
  ),
);

export const scanGaps = making(
  audit(
    { flags: [...responseFlags, scannersFlag], examples: [`sleeve-ledger scan gaps ${given} --scanners examples/scanners`] },
    async (context, { flags }) =>
      answered(context, flags, await gapsQuestion(context.tools, { ...responseAsked(flags), scanners: scannersFolder(flags) })),
  ),
);

export const scanAttributes = making(
  audit(
    { flags: [...responseFlags, scannersFlag], examples: [`sleeve-ledger scan attributes ${given} --scanners examples/scanners`] },
    async (context, { flags }) =>
      answered(context, flags, await attributesQuestion(context.tools, { ...responseAsked(flags), scanners: scannersFolder(flags) })),
  ),
);

export const scanLiquidity = making(
  audit(
    {
      flags: [
        ...responseFlags,
        { flags: '--notional <amount>', summary: 'money to be sold (default: 1000000)' },
        { flags: '--volumes <file>', summary: 'daily volumes by symbol: the mean of 20 sessions comes before the average of the response' },
        { flags: '--prices <file>', summary: 'daily closes for --volumes' },
      ],
      examples: [
        `sleeve-ledger scan liquidity ${given} --record`,
        `sleeve-ledger scan liquidity ${given} --volumes volumes.csv --prices prices.csv`,
      ],
    },
    async (context, { flags }) => {
      const [volumes, prices] = [textFlag(flags, 'volumes'), textFlag(flags, 'prices')];
      if ((volumes === null) !== (prices === null))
        throw new LedgerError('Usage', '--volumes and --prices: give both, or none', { at: { path: '--volumes' } });
      const history = volumes === null || prices === null ? null : { volumes, prices };
      const asked = { ...responseAsked(flags), notional: amountFlag(flags, 'notional') ?? 1_000_000, history };
      return answered(context, flags, await liquidityQuestion(context.tools, asked));
    },
  ),
);

export const scanOverlap = audit(
  {
    flags: [asOfFlag],
    examples: ['sleeve-ledger scan overlap etf_thematic_momentum etf_equity_momentum'],
  },
  async (context, { args, flags }) => {
    const { ports } = await context.reading();
    return answered(context, flags, await overlapQuestion(ports, [args[0]!, args[1]!], dateFlag(flags, 'asOf')));
  },
);

export const scanAudit = making(
  audit(
    {
      flags: [scannersFlag, { flags: '--spec <file>', summary: 'the table (default: spec-table.json in the folder of scanners)' }],
      examples: ['sleeve-ledger scan audit --scanners examples/scanners --record'],
    },
    async (context, { flags }) => {
      const asked = await specQuestion(context.tools, { scanners: scannersFolder(flags), table: textFlag(flags, 'spec') });
      const session = await lazyLedger(context).existing();
      const last = session === null ? null : await lastSpecAudit(session.ports, asked);
      const outcome = await answered(context, flags, asked, { last });
      if (last === null) return outcome;
      const said = last.isStale ? 'is stale: a configuration has changed since' : 'still holds';
      return { ...outcome, people: [...outcome.people, lines('', `The audit kept at ${last.recordedAt} (${last.finding}) ${said}.`)] };
    },
  ),
);

export const scanCandidates = making(
  audit(
    {
      flags: [],
      examples: ['sleeve-ledger scan candidates exports/etf_equity_momentum.json exports/etf_yield_alpha.json -o candidates.md'],
    },
    async (context, { args, flags }) => answered(context, flags, await candidatesQuestion(context.tools, args)),
  ),
);

export const scanOrphans = making(
  audit(
    {
      flags: [scannersFlag, { flags: '--profile <name>', summary: 'the scanners of this profile only (default: those of every profile)' }],
      examples: ['sleeve-ledger scan orphans --scanners examples/scanners'],
    },
    async (context, { flags }) => {
      const manifest = await readManifest(context);
      const profile = textFlag(flags, 'profile');
      const paths = profile === null ? scannerPathsOfManifest(manifest) : scannerPathsOf(manifest, profile);
      return answered(context, flags, await orphansQuestion(context.tools, { scanners: scannersFolder(flags), paths }));
    },
  ),
);
