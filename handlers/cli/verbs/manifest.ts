import { assertFeasible } from '../../../domain/manifest/feasible.ts';
import { listProfiles } from '../../../domain/manifest/profiles.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { isMetaName } from '../../../domain/manifest/aliases.ts';
import { leavesOf } from '../../../domain/manifest/provenance.ts';
import { jsonPositions } from '../../../domain/manifest/json-positions.ts';
import { validateManifest } from '../../../domain/manifest/validate.ts';
import { refuseManifest } from '../../../domain/manifest/problems.ts';
import { temporalId, temporalParametersOf } from '../../../domain/manifest/temporal-id.ts';
import { applyManifest, type AppliedName } from '../../commands/apply-manifest.ts';
import { listFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { heading, lines, table, type Verb } from '../verb.ts';

export const manifestValidate: Verb = {
  path: ['manifest', 'validate'],
  summary: 'Checks the manifest and lists its profiles.',
  flags: [],
  writes: false,
  run: async ({ settings, tools }) => {
    const text = await tools.files.readText(settings.manifest);
    const manifest = await readManifest({ settings, tools });
    const verdict = validateManifest(JSON.parse(text), jsonPositions(text, settings.manifest));
    if (verdict.manifest === null) refuseManifest(verdict.problems, settings.manifest);
    const profiles = listProfiles(manifest);
    for (const { name, kind } of profiles) if (kind === 'meta') assertFeasible(resolveMeta(manifest, name));
    return {
      result: { file: settings.manifest, profiles, warnings: verdict.warnings },
      warnings: verdict.warnings.map((warning) => warning.message),
      people: [lines(`${settings.manifest} is valid.`), table(['profile', 'kind'], profiles.map((profile) => [profile.name, profile.kind]))],
    };
  },
};

export const manifestResolve: Verb = {
  path: ['manifest', 'resolve'],
  summary: 'Shows a profile with every layer applied, and where each setting came from.',
  flags: [{ flags: '--profile <name>', summary: 'profile or alias', required: true }],
  writes: false,
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const name = requiredFlag(flags, 'profile');
    if (isMetaName(manifest, name)) {
      const resolved = resolveMeta(manifest, name);
      return {
        result: resolved,
        people: [
          heading(`Meta portfolio ${name}`),
          table(['sleeve', 'of', 'lower', 'upper', 'bounds from'], resolved.sleeves.map((sleeve, index) => {
            const bound = resolved.bounds[index]!;
            return [sleeve.id, sleeve.kind === 'atomic' ? sleeve.requested : sleeve.meta.requested, String(bound.lower), String(bound.upper), `${bound.lowerFrom}; ${bound.upperFrom}`];
          })),
        ],
      };
    }
    const resolved = resolveProfile(manifest, name);
    const id = temporalId(context.tools.crypto.sha256, temporalParametersOf(resolved.blocks));
    const leaves = leavesOf(resolved.blocks);
    return {
      result: { ...resolved, temporalId: id },
      people: [
        heading(`Profile ${name}${resolved.profile === name ? '' : ` (alias of ${resolved.profile})`}, temporal id ${id}`),
        table(['setting', 'value', 'from'], Object.entries(leaves).map(([path, value]) => [path, JSON.stringify(value), resolved.provenance[path]?.layer ?? ''])),
      ],
    };
  },
};

const row = (kind: string, { name, number, already }: AppliedName): string[] => [kind, name, String(number), already ? 'unchanged' : 'recorded'];

export const manifestApply: Verb = {
  path: ['manifest', 'apply'],
  summary: 'Makes the sleeves and meta portfolios of the manifest known to the ledger, with their publication policies.',
  flags: [{ flags: '--meta <list...>', summary: 'define only these meta profiles or aliases (default: every meta profile)' }],
  examples: ['sleeve-ledger manifest apply --manifest manifest.json'],
  writes: true,
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const metas = listFlag(flags, 'meta');
    const applied = await applyManifest(await context.writing(), manifest, metas.length === 0 ? null : metas);
    const already = [...applied.portfolios, ...applied.sleeves].every((item) => item.already);
    return {
      result: { already, ...applied },
      people: [table(['', 'name', 'definition', ''], [...applied.portfolios.map((item) => row('portfolio', item)), ...applied.sleeves.map((item) => row('sleeve', item))])],
      warnings: [...(applied.portfolios.length === 0 ? ['the manifest has no meta portfolio: results will be taken in and nothing allocated'] : []), ...applied.absent.map((meta) => `${meta} is defined in the ledger and not in this manifest: it goes on being published; \`halt --meta ${meta}\` stops it`)],
    };
  },
};
