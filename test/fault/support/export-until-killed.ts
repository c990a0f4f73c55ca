/** Exports two selections to the same file in turn, until the process is killed. */
import { writeFileSync } from 'node:fs';
import { signingOfExports } from '../../../handlers/audit/export-signer.ts';
import { exportAudit } from '../../../handlers/audit/export.ts';
import { everything, runWithItsSources } from '../../../handlers/audit/selection.ts';
import { openLedger } from '../../../handlers/ledger/open-ledger.ts';
import { resolveSettings } from '../../../handlers/runtime/settings.ts';
import { createTools, openStore } from '../../../bin/adapters.ts';
import { childArgument } from './child.ts';

const { store, run, file, started } = childArgument() as { store: string; run: string; file: string; started: string };
const ports = { ...createTools({ logLevel: 'silent', isTerminal: false, overwrite: true }), ...(await openStore(store, 'read')) };
const { settings } = resolveSettings({ store }, {}, null);
const ledger = await openLedger(ports, settings, false);
const { signer } = await signingOfExports(ports, settings);
const options = { knownAt: null, seal: 'newest', origin: ledger.origin, signer, positions: false, filesOf: null } as const;
const selections = [everything, await runWithItsSources({ ports, ledger }, run, null)];
writeFileSync(started, '');
for (let turn = 0; ; turn++) await exportAudit(ports, { ...selections[turn % 2]!, ...options }, file);
