import { z } from 'zod';
import { count, meta } from './values.ts';

const name = z.string().describe('Portfolio or sleeve.');
const absent = z.array(meta).describe('Portfolios of the ledger that the manifest does not have, and that are not halted.');

const appliedName = z.strictObject({
  name,
  number: count.describe('Number of the definition in force; 0 where none is.'),
  already: z.boolean().describe('True where nothing had changed.'),
  proposal: z.string().optional().describe('The proposal that waits for another person, such as desk/2; left out where none does.'),
});

const plannedName = z.strictObject({
  name,
  number: count.describe('Number of the definition that would be in force.'),
  change: z.enum(['new', 'changed', 'unchanged']).describe('Against the definition in force.'),
  changes: z.array(z.string()).describe('What of the definition in force would change.'),
  needsApproval: z.literal(true).optional().describe('Where it would wait for another person; left out where it needs none.'),
});

const applied = z
  .strictObject({
    already: z.boolean().describe('True where nothing had changed at all.'),
    portfolios: z.array(appliedName).describe('Portfolios of the manifest.'),
    sleeves: z.array(appliedName).describe('Sleeves of the manifest.'),
    absent,
  })
  .meta({ id: 'AppliedManifest', description: 'What a manifest defined.' });

const planned = z
  .strictObject({
    dryRun: z.literal(true).describe('Says that nothing was recorded.'),
    already: z.boolean().describe('True where nothing would change at all.'),
    portfolios: z.array(plannedName).describe('Portfolios of the manifest.'),
    sleeves: z.array(plannedName).describe('Sleeves of the manifest.'),
    absent,
  })
  .meta({ id: 'ManifestPlan', description: 'What a manifest would define; nothing is recorded.' });

export const manifestResult = z.union([planned, applied]);
