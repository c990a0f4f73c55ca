import { workerStandings } from '../../../handlers/queries/workers.ts';
import { lines, table, type VerbCode } from '../verb.ts';

export const workers: VerbCode = {
  flags: [{ flags: '--worker-urls <urls>', summary: 'where workers serve their health: http://HOST:PORT of their --http, behind commas' }],
  examples: ['sleeve-ledger workers --worker-urls http://127.0.0.1:9464'],
  writes: false,
  run: async ({ tools, settings }) => {
    const found = await workerStandings(tools, settings.workerUrls?.split(',') ?? []);
    return {
      result: { workers: found },
      position: null,
      people:
        found.length === 0
          ? [lines('No worker is named: say with --worker-urls or SLEEVE_LEDGER_WORKER_URLS where they serve their health.')]
          : [
              table(
                ['worker', 'state', 'role', 'is well', 'says'],
                found.flatMap(({ url, state, why, checks }) =>
                  checks.length === 0
                    ? [[url, state, '', '', why ?? '']]
                    : checks.map(({ name, ok, detail }) => [url, state, name, ok ? 'yes' : 'no', detail]),
                ),
              ),
            ],
    };
  },
};
