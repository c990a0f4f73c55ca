import { leavesOf } from '../../../domain/manifest/provenance.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { applyManifest, type AppliedManifest, type AppliedName } from '../../../handlers/commands/apply-manifest.ts';
import { planManifest, type PlannedName } from '../../../handlers/commands/plan-manifest.ts';
import { type ResolvedName, resolvedName, validatedManifest } from '../../../handlers/queries/manifest.ts';
import { isSet, listFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { type Block, heading, lines, type Outcome, table, type VerbCode, type VerbContext } from '../verb.ts';

export const manifestValidate: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger manifest validate --manifest manifest.json'],
  writes: false,
  run: async ({ settings, tools }) => {
    const file = settings.manifest;
    const { profiles, warnings } = validatedManifest(await tools.files.readText(file), file);
    return {
      result: { file, profiles, warnings },
      warnings: warnings.map((warning) => warning.message),
      people: [
        lines(`${file} is valid.`),
        table(
          ['profile', 'kind'],
          profiles.map((profile) => [profile.name, profile.kind]),
        ),
      ],
    };
  },
};

function portfolioBlocks(name: string, { sleeves, bounds }: MetaNode): Block[] {
  const rows = sleeves.map((sleeve, index) => {
    const bound = bounds[index]!;
    return [
      sleeve.id,
      sleeve.kind === 'atomic' ? sleeve.requested : sleeve.meta.requested,
      String(bound.lower),
      String(bound.upper),
      `${bound.lowerFrom}; ${bound.upperFrom}`,
    ];
  });
  return [heading(`Meta portfolio ${name}`), table(['sleeve', 'of', 'lower', 'upper', 'bounds from'], rows)];
}

function profileBlocks(
  name: string,
  { profile, blocks, provenance, temporalId, overlays }: Extract<ResolvedName, { kind: 'sleeve' }>['resolved'],
): Block[] {
  return [
    heading(`Profile ${name}${profile === name ? '' : ` (alias of ${profile})`}, temporal id ${temporalId}`),
    table(
      ['setting', 'value', 'from'],
      Object.entries(leavesOf(blocks)).map(([path, value]) => [path, JSON.stringify(value), provenance[path]?.layer ?? '']),
    ),
    ...(overlays === null
      ? []
      : [
          heading('Overlays of its positions'),
          table(
            ['setting', 'value'],
            Object.entries(leavesOf(overlays)).map(([path, value]) => [path, JSON.stringify(value)]),
          ),
        ]),
  ];
}

export const manifestResolve: VerbCode = {
  flags: [{ flags: '--profile <name>', summary: 'profile or alias', required: true }],
  examples: ['sleeve-ledger manifest resolve --profile crypto'],
  writes: false,
  run: async (context, { flags }) => {
    const name = requiredFlag(flags, 'profile');
    const answer = resolvedName(await readManifest(context), name, context.tools.crypto.sha256);
    return {
      result: answer.resolved,
      people: answer.kind === 'meta' ? portfolioBlocks(name, answer.resolved) : profileBlocks(name, answer.resolved),
    };
  },
};

const row = (kind: string, { name, number, already, proposal }: AppliedName): string[] => [
  kind,
  name,
  number === 0 ? '' : String(number),
  proposal === undefined ? (already ? 'unchanged' : 'recorded') : `${already ? 'already ' : ''}proposed as ${proposal}`,
];
const plannedRow = (kind: string, { name, number, change, changes, needsApproval }: PlannedName): string[] => [
  kind,
  name,
  String(number),
  `${change}${changes.length === 0 ? '' : `: ${changes.join(', ')}`}${needsApproval === true ? ' (waits for another person)' : ''}`,
];

function warningsOf({ portfolios, absent }: { readonly portfolios: readonly unknown[]; readonly absent: readonly string[] }): string[] {
  return [
    ...(portfolios.length === 0 ? ['the manifest has no meta portfolio: results will be taken in and nothing allocated'] : []),
    ...absent.map(
      (meta) => `${meta} is defined in the ledger and not in this manifest: it goes on being published; \`halt --meta ${meta}\` stops it`,
    ),
  ];
}

function proposalsOf({ portfolios }: AppliedManifest): string[] {
  return portfolios.flatMap(({ proposal }) =>
    proposal === undefined
      ? []
      : [`${proposal} is not in force: somebody else approves it with \`manifest approve ${proposal} --why TEXT\``],
  );
}

async function planned(context: VerbContext, manifest: Manifest, metas: readonly string[] | null): Promise<Outcome> {
  const plan = await planManifest(await context.reading(), manifest, metas);
  const already = [...plan.portfolios, ...plan.sleeves].every(({ change }) => change === 'unchanged');
  return {
    result: { dryRun: true, already, ...plan },
    people: [
      table(
        ['', 'name', 'definition', ''],
        [...plan.portfolios.map((item) => plannedRow('portfolio', item)), ...plan.sleeves.map((item) => plannedRow('sleeve', item))],
      ),
      lines('Nothing was recorded.'),
    ],
    warnings: warningsOf(plan),
  };
}

export const manifestApply: VerbCode = {
  flags: [
    { flags: '--meta <list...>', summary: 'define only these meta profiles or aliases (default: every meta profile)' },
    { flags: '--dry-run', summary: 'say what would be defined or changed, and record nothing' },
  ],
  examples: ['sleeve-ledger manifest apply --manifest manifest.json', 'sleeve-ledger manifest apply --dry-run'],
  writes: true,
  makesLedger: 'always',
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const named = listFlag(flags, 'meta');
    const metas = named.length === 0 ? null : named;
    if (isSet(flags, 'dryRun')) return planned(context, manifest, metas);
    const applied = await applyManifest(await context.writing(), manifest, metas);
    const already = [...applied.portfolios, ...applied.sleeves].every((item) => item.already);
    return {
      result: { already, ...applied },
      people: [
        table(
          ['', 'name', 'definition', ''],
          [...applied.portfolios.map((item) => row('portfolio', item)), ...applied.sleeves.map((item) => row('sleeve', item))],
        ),
      ],
      warnings: [...warningsOf(applied), ...proposalsOf(applied)],
    };
  },
};
