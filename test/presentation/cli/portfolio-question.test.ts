/** Which profile is asked for where none is named: the ledger knows, and a server stands beside no manifest. */
import { describe, expect, test } from '@jest/globals';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { allocationQuery } from '../../../presentation/cli/portfolio-question.ts';
import type { VerbContext } from '../../../presentation/cli/verb.ts';
import { DeskMarket } from '../../support/desk/market.ts';
import { memorySession } from '../../support/imported-run.ts';

const market = new DeskMarket({ sleeves: 3, sessions: 1, seed: 20_261_130, nested: false });
const [meta] = market.portfolios as [string];

/** The desk's manifest, by another profile. */
function manifestText(profile: string): string {
  const manifest = JSON.parse(market.manifestText({ withPolicies: false })) as { profiles: Record<string, object> };
  const own = manifest.profiles[meta] as { readonly meta_allocation?: object };
  manifest.profiles[meta] = { ...own, meta_allocation: { ...own.meta_allocation, profile } };
  return JSON.stringify(manifest);
}

/** A verb's context in a ledger where a manifest was applied, or none, beside another manifest, or none. */
async function askedWith(applied: string | null, beside: string | null): Promise<string> {
  const session = memorySession();
  if (applied !== null) await applyManifest(session, parseManifest(manifestText(applied), 'manifest.json'), null);
  const context = {
    settings: { manifest: 'manifest.json' },
    tools: { files: { exists: async () => beside !== null, readText: async () => manifestText(beside!) } },
    reading: async () => session,
  } as unknown as VerbContext;
  return (await allocationQuery(context, { meta })).risk;
}

describe('without a profile', () => {
  test.each([
    ['that of the definition in force, where no manifest lies beside the server', 'risk_parity', null, 'risk_parity'],
    ['that of the definition in force, whatever a manifest says that was not applied', 'risk_parity', 'min_variance', 'risk_parity'],
    ['that of the manifest, where the ledger defines no such portfolio', null, 'min_variance', 'min_variance'],
    ['the one that a manifest leaves out, where there is neither', null, null, 'hrp'],
  ])('%s is asked for', async (_, applied, beside, risk) => {
    expect(await askedWith(applied, beside)).toBe(risk);
  });
});
