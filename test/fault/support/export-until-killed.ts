/** Exports two selections to the same file in turn, until the process is killed. */
import { writeFileSync } from 'node:fs';
import { exportAudit } from '../../../handlers/audit/export.ts';
import { everything, runWithItsSources } from '../../../handlers/audit/selection.ts';
import { ledgerIdIn } from '../../../handlers/ledger/open-ledger.ts';
import { createTools, openStore } from '../../../bin/adapters.ts';
import { childArgument } from './child.ts';

const { store, run, file, started } = childArgument() as { store: string; run: string; file: string; started: string };
const ports = { ...createTools({ logLevel: 'silent', isTerminal: false }), ...(await openStore(store, 'read')) };
const ledgerId = (await ledgerIdIn(ports))!;
const selections = [everything, await runWithItsSources({ ports, ledger: { ledgerId } }, run, null)];
writeFileSync(started, '');
for (let turn = 0; ; turn++) await exportAudit(ports, { ...selections[turn % 2]!, knownAt: null, seal: 'newest' }, file);
