import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createParsingProcess, type ParsingProcess } from '../../infra/parsing/parsing-process.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The process that reads foreign files, or one with readers of a test, with a deadline of its own. */
export function parsingProcess(deadlineMs: number, entry = 'bin/read-files.ts'): ParsingProcess {
  return createParsingProcess({
    entry: fileURLToPath(new URL(`../../${entry}`, import.meta.url)),
    execArgv: ['--import', tsx],
    deadlineMs: () => deadlineMs,
    idleMs: 2_000,
  });
}
