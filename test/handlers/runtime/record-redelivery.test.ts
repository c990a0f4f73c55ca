import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { redeliveryContract } from '../../contract/redelivery.contract.ts';
import { memoryLedger, sqliteLedger } from '../../support/ledger-subjects.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const folder = (): string => mkdtempSync(join(directory, 'ledger-'));

redeliveryContract('memory', async () => memoryLedger(folder()));

redeliveryContract('SQLite', async () => sqliteLedger(folder()));
