import { letterArguments, runSummary, sleeveArguments } from '../arguments.ts';
import type { VerbEntry } from '../verb.ts';

/** Verbs that decide, and that keep the ledger and its surroundings. In the order of the help. */
export const upkeepVerbs: readonly VerbEntry[] = [
  {
    path: ['approve'],
    summary: 'Publishes an allocation that waits for approval.',
    args: [{ name: '<run>', summary: `${runSummary('meta run')}: one that is held; \`status\` shows it` }],
    load: async () => (await import('./publication.ts')).approve,
  },
  {
    path: ['reject'],
    summary: 'Turns down an allocation that waits for approval: it is never published.',
    args: [{ name: '<run>', summary: `${runSummary('meta run')}: one that is held; \`status\` shows it` }],
    load: async () => (await import('./publication.ts')).reject,
  },
  {
    path: ['halt'],
    summary: 'Stops the publications of a meta portfolio; results are still taken in.',
    load: async () => (await import('./publication.ts')).halt,
  },
  {
    path: ['resume'],
    summary: 'Lets the publications of a meta portfolio go on.',
    load: async () => (await import('./publication.ts')).resume,
  },
  {
    path: ['parity', 'check'],
    summary: 'Compares the sleeves of a meta portfolio leaf by leaf, without recording anything.',
    load: async () => (await import('./parity.ts')).parityCheck,
  },
  {
    path: ['parity', 'waive'],
    summary: 'Accepts named parity violations of a meta portfolio until a date; recorded with who and why.',
    load: async () => (await import('./parity.ts')).parityWaive,
  },
  {
    path: ['parity', 'revoke'],
    summary: 'Withdraws a waiver.',
    args: [{ name: '<waiver>', summary: 'waiver id' }],
    load: async () => (await import('./parity.ts')).parityRevoke,
  },
  {
    path: ['dlq', 'list'],
    summary: 'Lists dead letters: messages that were refused, why, and what waits behind them.',
    load: async () => (await import('./dlq.ts')).dlqList,
  },
  {
    path: ['dlq', 'retry'],
    summary: 'Processes the message of a dead letter again, then the results that waited behind it.',
    args: letterArguments,
    load: async () => (await import('./dlq.ts')).dlqRetry,
  },
  {
    path: ['dlq', 'discard'],
    summary: 'Discards a dead letter for good, then processes the results that waited behind it.',
    args: letterArguments,
    load: async () => (await import('./dlq.ts')).dlqDiscard,
  },
  {
    path: ['dlq', 'erase'],
    summary: 'Erases what a dead letter said: destroys its key, and records who did it and why.',
    args: letterArguments,
    load: async () => (await import('./dlq.ts')).dlqErase,
  },
  {
    path: ['sleeve', 'list'],
    summary: 'Every sleeve: its newest run, what is overdue, dead letters, quarantine.',
    load: async () => (await import('./sleeve-standing.ts')).sleeveList,
  },
  {
    path: ['sleeve', 'show'],
    summary: 'One sleeve, and the portfolios that have it.',
    args: sleeveArguments,
    load: async () => (await import('./sleeve-standing.ts')).sleeveShow,
  },
  {
    path: ['sleeve', 'quarantine'],
    summary: 'Takes a sleeve out of use: meta runs that need it are refused.',
    args: sleeveArguments,
    load: async () => (await import('./sleeve.ts')).sleeveQuarantine,
  },
  {
    path: ['sleeve', 'reinstate'],
    summary: 'Puts a quarantined sleeve back into use.',
    args: sleeveArguments,
    load: async () => (await import('./sleeve.ts')).sleeveReinstate,
  },
  {
    path: ['token', 'create'],
    summary: 'Makes a token of the HTTP API for somebody, with roles and an end; it is shown once.',
    load: async () => (await import('./token.ts')).tokenCreate,
  },
  {
    path: ['token', 'list'],
    summary: 'Every token of the HTTP API: whose, for what, until when.',
    load: async () => (await import('./token.ts')).tokenList,
  },
  {
    path: ['token', 'revoke'],
    summary: 'Ends a token before its time.',
    args: [{ name: '<token>', summary: 'id of the token, which `token list` shows; or the token itself' }],
    load: async () => (await import('./token.ts')).tokenRevoke,
  },
  {
    path: ['ledger', 'init'],
    summary: 'Makes a ledger and its signing key, and names the folder that witnesses its seals.',
    load: async () => (await import('./ledger.ts')).ledgerInit,
  },
  {
    path: ['ledger', 'seal'],
    summary: 'Signs the root over everything recorded, after proving that it extends the last witnessed checkpoint.',
    load: async () => (await import('./ledger.ts')).ledgerSeal,
  },
  {
    path: ['ledger', 'verify'],
    summary: 'Recomputes every hash, chain, artifact, seal and read model, and says what no seal covers.',
    worksLong: true,
    load: async () => (await import('./ledger.ts')).ledgerVerify,
  },
  {
    path: ['ledger', 'rebuild'],
    summary: 'Deletes the read models, also those of other builds, and folds the ledger again.',
    worksLong: true,
    load: async () => (await import('./ledger.ts')).ledgerRebuild,
  },
  {
    path: ['ledger', 'checkpoint'],
    summary: 'Shows the newest signed checkpoint, to be kept elsewhere and verified against later.',
    load: async () => (await import('./ledger-checkpoint.ts')).ledgerCheckpoint,
  },
  {
    path: ['ledger', 'prove'],
    summary: 'Proves that an event stands at its place under the newest signed root.',
    args: [{ name: '<event>', summary: 'event id, position, or stream@revision' }],
    load: async () => (await import('./ledger-prove.ts')).ledgerProve,
  },
  {
    path: ['ledger', 'events'],
    summary: 'Shows events as they are stored: one, or a page of them.',
    args: [{ name: '[event]', summary: 'event id, position, or stream@revision' }],
    load: async () => (await import('./ledger-events.ts')).ledgerEvents,
  },
  {
    path: ['ledger', 'artifact'],
    summary: 'Shows what an event refers to by its SHA-256: a document or a table.',
    args: [{ name: '<sha256>', summary: '64 hexadecimal digits' }],
    load: async () => (await import('./ledger-events.ts')).ledgerArtifact,
  },
  {
    path: ['ledger', 'key', 'rotate'],
    summary: 'Hands signing over to a new key: the old key signs the change, and what it sealed before stays valid.',
    load: async () => (await import('./ledger-key.ts')).ledgerKeyRotate,
  },
  {
    path: ['ledger', 'witness'],
    summary: 'Names the witnesses of a ledger, with a reason that is recorded; what the one before remembers is taken along.',
    load: async () => (await import('./ledger-witness.ts')).ledgerWitness,
  },
  {
    path: ['ledger', 'copy'],
    summary: 'Copies a ledger into another store, event by event, and proves that both have one root.',
    worksLong: true,
    load: async () => (await import('./ledger-copy.ts')).ledgerCopy,
  },
  {
    path: ['ledger', 'backup'],
    summary: 'Writes a backup of a SQLite ledger in use, and verifies it before it gets its name.',
    load: async () => (await import('./ledger-backup.ts')).ledgerBackup,
  },
  {
    path: ['ledger', 'restore'],
    summary: 'Restores a backup in place of a lost ledger, after verifying it up to a checkpoint.',
    worksLong: true,
    load: async () => (await import('./ledger-backup.ts')).ledgerRestore,
  },
  {
    path: ['audit', 'export'],
    summary: 'Writes audit.jsonl: one chained line an event, with the newest signed checkpoint in its last line.',
    worksLong: true,
    load: async () => (await import('./audit.ts')).auditExport,
  },
  {
    path: ['audit', 'verify'],
    summary: 'Verifies an exported audit.jsonl line by line, or a bundle with every file in it; needs no ledger.',
    args: [{ name: '<file>', summary: 'audit.jsonl, or the ZIP of `audit bundle`' }],
    load: async () => (await import('./audit.ts')).auditVerify,
  },
  {
    path: ['audit', 'bundle'],
    summary: 'Writes everything that proves a run into one ZIP: audit lines, checkpoint, proofs, artifacts, report, verifier.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./audit.ts')).auditBundle,
  },
  {
    path: ['audit', 'integrity'],
    summary: 'Judges prices, or what a recorded run read, without recording anything; exits 1 when there are errors.',
    args: [{ name: '[run]', summary: 'run id, instead of --prices' }],
    load: async () => (await import('./audit-integrity.ts')).auditIntegrity,
  },
  {
    path: ['witness', 'serve'],
    summary: 'Serves a witness of the C2SP protocol: it remembers the last checkpoint of each log and cosigns only what extends it.',
    worksLong: true,
    load: async () => (await import('./witness-serve.ts')).witnessServe,
  },
  {
    path: ['cache', 'stats'],
    summary: 'How many answers of earlier computations are kept, and how much room they take.',
    load: async () => (await import('./cache.ts')).cacheStats,
  },
  {
    path: ['cache', 'clear'],
    summary: 'Removes the answers that are kept. Nothing of a ledger is touched: what is needed again is computed again.',
    load: async () => (await import('./cache.ts')).cacheClear,
  },
  {
    path: ['cache', 'verify'],
    summary: 'Computes kept answers again, picked at random, and compares every number to its bits.',
    load: async () => (await import('./cache.ts')).cacheVerify,
  },
  {
    path: ['config', 'show'],
    summary: 'The settings in force and where each came from; secrets are masked.',
    load: async () => (await import('./config.ts')).configShow,
  },
  {
    path: ['doctor'],
    summary: "Checks the environment, the store, the key and witness, the clock, and the literature's examples on this build.",
    load: async () => (await import('./doctor.ts')).doctor,
  },
];
