import { writeFileSync } from 'node:fs';
import { buildInfoFile, codeOfSourceTree } from '../infra/system/code.ts';

/** An installed package has neither a repository nor a lock file: its build leaves a note of both. */
writeFileSync(`dist/${buildInfoFile}`, `${JSON.stringify(codeOfSourceTree('.'))}\n`);
