import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInfoFile, codeOfSourceTree } from '../infra/system/code.ts';
import { engineOfSourceTree } from '../infra/system/engine.ts';
import { completionScript } from '../presentation/cli/completion-scripts.ts';
import { builtScript, shells } from '../presentation/cli/shells.ts';
import { allVerbs } from '../presentation/cli/verbs/all.ts';
import { bundle } from './bundle.ts';
import { licenceFile, licencePage, packagesIn, requireDeclared } from './bundled-packages.ts';

/** Everything of `dist` but the declarations of types, which the compiler adds: `build.ts [FOLDER]`. */
const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'dist');
rmSync(folder, { recursive: true, force: true });
const metafiles = await bundle(root, folder);
requireDeclared(root, metafiles);
writeFileSync(join(folder, licenceFile), licencePage(packagesIn(root, metafiles)));
// An installed package has neither a repository nor a lock file nor the sources: its build leaves a note of them.
writeFileSync(join(folder, buildInfoFile), `${JSON.stringify({ ...codeOfSourceTree(root), engine: engineOfSourceTree(root) })}\n`);
mkdirSync(join(folder, 'completion'));
for (const shell of shells) writeFileSync(join(folder, builtScript(shell)), completionScript(shell, await allVerbs()));
