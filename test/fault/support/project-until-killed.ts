/** Projects page by page, from the checkpoint on; built again from nothing whenever it is done. */
import { appendFileSync } from 'node:fs';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { childArgument } from './child.ts';
import { projection, projectPage } from './projection.ts';

const { file, progress } = childArgument() as { file: string; progress: string };
const { store, readModels } = openSqlite(file, { access: 'write', create: false });
for (;;) {
  if (!(await projectPage(store, readModels, 7))) await readModels.reset(projection);
  appendFileSync(progress, '.');
}
