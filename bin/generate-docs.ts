import { mkdirSync, writeFileSync } from 'node:fs';
import { apiDocument, offeredEndpoints } from '../presentation/api/api.ts';
import { unserved } from '../presentation/api/unserved.ts';
import { allVerbs } from '../presentation/cli/verbs/all.ts';
import { apiPage } from '../presentation/docs/api-page.ts';
import { figuresPage } from '../presentation/docs/figures-page.ts';
import { schemaFiles } from '../presentation/docs/message-contract.ts';
import { messagesPage } from '../presentation/docs/messages-page.ts';
import { calendarsPage, cliPage, errorsPage, eventsPage, manifestPage, metricsPage } from '../presentation/docs/pages.ts';
import { rolesPage } from '../presentation/docs/roles-page.ts';

/** The generated pages by file, as the documentation holds them. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  const offered = offeredEndpoints(unserved);
  return {
    'docs/cli.md': cliPage(await allVerbs()),
    'docs/errors.md': errorsPage(),
    'docs/events.md': eventsPage(),
    // The version of a build is no part of what it offers.
    'docs/reference/api.md': apiPage(apiDocument(offered, '')),
    'docs/reference/figures.md': figuresPage(),
    'docs/reference/calendars.md': calendarsPage(),
    'docs/reference/manifest.md': manifestPage(),
    'docs/reference/messages.md': messagesPage(),
    'docs/reference/metrics.md': metricsPage(),
    'docs/reference/roles.md': rolesPage(offered),
    ...Object.fromEntries(Object.entries(schemaFiles()).map(([name, text]) => [`docs/schemas/${name}`, text])),
  };
}

if (process.argv[1]?.endsWith('generate-docs.ts') === true) {
  for (const folder of ['docs/reference', 'docs/schemas']) mkdirSync(folder, { recursive: true });
  for (const [file, page] of Object.entries(await generatedPages())) writeFileSync(file, page);
}
