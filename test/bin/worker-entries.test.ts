import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { workerEntries } from '../../bin/worker-entries.ts';
import { filesBelow } from '../support/files-below.ts';

const sources = filesBelow(['bin', 'domain', 'projections', 'handlers', 'presentation', 'infra'], '.ts').map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const having = (pattern: RegExp): string[] => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

describe('modules that run by themselves', () => {
  test('are there, as TypeScript with what reads it', () => {
    for (const { entry, execArgv } of Object.values(workerEntries)) {
      expect({ entry, exists: existsSync(entry) }).toEqual({ entry, exists: true });
      expect(entry).toMatch(/\/bin\/[a-z-]+\.ts$/);
      expect(execArgv).toEqual(['--import', expect.stringMatching(/^(?:file:|data:text\/javascript,).*tsx/)]);
    }
  });

  test('are listed in one file: whatever starts a process or a thread is given its module from there', () => {
    // The guard is a few lines of text, and no module.
    expect(having(/\bfork\(|new Worker\(|new Piscina\b/)).toEqual([
      'infra/parsing/guard.ts',
      'infra/parsing/parsing-process.ts',
      'infra/workers/worker-pool.ts',
    ]);
    expect(having(/['"`]\.?\/?(?:read-files|compute-jobs)['"`.]/)).toEqual(['bin/file-readers.ts', 'bin/worker-entries.ts']);
    expect(having(/import type .*'\.\/read-files\.ts'/)).toEqual(['bin/file-readers.ts']);
  });
});
