import { z } from 'zod';
import { limits } from '../../../domain/shared/limits.ts';
import { manifestResult } from '../answers/manifest.ts';
import { manifestName } from '../request-files.ts';
import type { Resource } from '../endpoint.ts';
import { queryList, querySwitch } from '../parameters.ts';

export const manifest: Resource = {
  name: 'manifest',
  description: 'Definitions of sleeves and meta portfolios.',
  endpoints: [
    {
      does: 'records',
      path: '/v1/manifest',
      operationId: 'applyManifest',
      summary: 'Makes the sleeves and portfolios of a manifest known. Under maker-checker they are proposed, and wait for another person.',
      roles: ['operator'],
      verb: ['manifest', 'apply'],
      parameters: [
        querySwitch('dry-run', 'Says what would be defined or changed, and records nothing.'),
        queryList('meta', 'Defines only these meta profiles or aliases; may be repeated (default: every meta profile).'),
      ],
      body: z.looseObject({}).describe('The manifest (docs/manifest.md).'),
      bodyBytesMax: limits.manifestBytesMax,
      taking: (_members, bytes) => ({ flags: {}, files: { [manifestName]: bytes } }),
      result: manifestResult,
    },
  ],
};
