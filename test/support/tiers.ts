import tiers from '../tiers.json' with { type: 'json' };

export type Tier = keyof typeof tiers;

/** By the same expression as jest.config.js, so that what holds here holds of what runs. */
const patterns = Object.entries(tiers).map(([tier, { files }]) => ({
  tier: tier as Tier,
  pattern: new RegExp(`^test/(?:${files.join('|')}).*\\.test\\.ts$`),
}));

/** The tier of a test file: the last of those that name it, as the later ones say what is left out of the earlier; null for none. */
export function tierOf(file: string): Tier | null {
  return patterns.findLast(({ pattern }) => pattern.test(file))?.tier ?? null;
}
