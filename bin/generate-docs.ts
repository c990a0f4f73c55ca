import { mkdirSync, writeFileSync } from 'node:fs';
import { allVerbs } from '../handlers/cli/verbs/all.ts';
import { calendarsPage, cliPage, errorsPage, eventsPage, manifestPage, metricsPage } from '../handlers/docs/pages.ts';

/** The generated pages by file, as the documentation holds them. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    'docs/cli.md': cliPage(allVerbs),
    'docs/errors.md': errorsPage(),
    'docs/events.md': eventsPage(),
    'docs/reference/calendars.md': calendarsPage(),
    'docs/reference/manifest.md': manifestPage(),
    'docs/reference/metrics.md': metricsPage(),
  };
}

if (process.argv[1]?.endsWith('generate-docs.ts') === true) {
  mkdirSync('docs/reference', { recursive: true });
  for (const [file, page] of Object.entries(generatedPages())) writeFileSync(file, page);
}
