import type { Resource } from '../endpoint.ts';

/** What comes in is no verb's answer: endpoints/sleeve-results.ts and endpoints/sleeve-runs.ts take it. */
export const intake: Resource = {
  name: 'intake',
  description: 'Results of sleeves, from those who have no broker and no folder in common with the ledger.',
  endpoints: [],
};
