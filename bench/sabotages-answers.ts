import type { Sabotage } from './sabotage-kind.ts';

const backups = 'test/fault/ledger-backup';
const exported = 'test/fault/ledger-export';
const rows = 'test/fault/ledger-rows';

const servers: readonly Sabotage[] = [
  {
    row: 'A4 HTTP abuse',
    what: 'a body that nobody asked for is waited for',
    file: 'infra/http/server.ts',
    from: "  return hasBody ? refusal('RequestInvalid', 'a body was announced') : null;",
    to: "  return hasBody && path === '' ? refusal('RequestInvalid', 'a body was announced') : null;",
    test: 'test/fault/http-abuse',
    named: 'a body is refused',
  },
  {
    row: 'A4 HTTP: 1,000 connections that send half a request',
    what: 'fewer connections are taken than an attacker holds',
    file: 'infra/http/connections.ts',
    from: 'server.maxConnections = bounds.connectionsMax;',
    to: 'server.maxConnections = Math.min(500, bounds.connectionsMax);',
    test: 'test/fault/http-abuse',
    named: 'a thousand connections',
  },
];

const records: readonly Sabotage[] = [
  {
    row: 'I1 one byte of an export',
    what: 'the hash of a line in an export is not compared',
    file: 'domain/audit/audit-events.ts',
    from: "      if (hash !== line.event_hash) report(lineNumber, 'event_hash', line.event_hash, hash);\n",
    to: '',
    test: 'test/domain/audit/audit-file',
  },
  {
    row: 'I5 independent verifier in Python',
    what: 'the verifier in Python does not follow the chain of lines',
    file: 'examples/verify_audit.py',
    from: 'if self.previous is not None and body.get("prev_hash") != self.previous:',
    to: 'if self.previous is None and body.get("prev_hash") is None:',
    test: 'test/domain/audit/independent-verifier.test',
    named: 'I5',
    needs: 'python',
  },
  {
    row: 'I8 export in another process',
    what: 'an export says the time in the zone of the process',
    file: 'domain/audit/entry.ts',
    from: '    ts: envelope.recordedAt,',
    to: '    ts: new Date(envelope.recordedAt).toString(),',
    test: exported,
    named: 'I8',
  },
  {
    row: 'I8 replay',
    what: 'a day is one of the zone of the process',
    file: 'domain/returns/days.ts',
    from: '  return DateTime.utc(year, month, dayOfMonth, { locale }).toMillis() / millisecondsPerDay;',
    to: '  return Math.floor(DateTime.local(year, month, dayOfMonth, { locale }).toMillis() / millisecondsPerDay);',
    test: 'test/handlers/replay/replay-process',
  },
  {
    row: 'I9 recompute',
    what: 'a variance depends on chance, in its last digits',
    file: 'domain/risk/covariance.ts',
    from: '+ target) * parameters.annualisationDays;',
    to: '+ target) * parameters.annualisationDays * (1 + Math.random() * 1e-9);',
    test: 'test/handlers/replay/replay-process',
  },
  {
    row: 'row content flipped, ledger verify',
    what: 'rows of read models are not compared with a fold',
    file: 'handlers/ledger/verify-read-models.ts',
    from: '    if (same?.digest !== actual.digest) differs(actual.key, same, actual);\n',
    to: '',
    test: rows,
    named: 'byte of the content',
  },
  {
    row: 'witnessed checkpoint flipped',
    what: 'a checkpoint of the witness that does not open is passed over',
    file: 'handlers/ledger/verify-witness.ts',
    from: "        kind: 'checkpoint_invalid',\n        ...nowhere,\n        file,",
    to: "        kind: 'checkpoint_invalid',\n        ...nowhere,",
    test: rows,
    named: 'any byte flipped',
  },
  {
    row: 'bits flipped in a backup',
    what: 'a backup is restored unverified',
    file: 'handlers/ledger/backup-candidate.ts',
    from: '    if (others.length > 0) {',
    to: '    if (others.length > 1_000) {',
    test: backups,
    named: 'bit flipped',
  },
  {
    row: 'copies killed (SIGKILL) and completed',
    what: 'what the target of an interrupted copy holds is not gone through',
    file: 'handlers/ledger/copy-target.ts',
    from: '    if (held === null) return this.#append(event);',
    to: '    if (held === null || this.alreadyThere > 0) return this.#append(event);',
    test: backups,
    named: 'a copy killed',
  },
];

const storms: readonly Sabotage[] = [
  {
    row: 'C2 interleavings: writers on one file',
    what: 'an append does not look at the revision that it expects',
    file: 'infra/sqlite/event-store.ts',
    from: '    if (current === expected)\n      return { events: events.map((event, index) => this.#store(stream, expected + 1n',
    to: '    if (current >= -1n)\n      return { events: events.map((event, index) => this.#store(stream, current + 1n',
    test: 'test/property/store-interleavings',
  },
  {
    row: 'C4 C5 storm, each message twice and shuffled',
    what: 'an accepted run is not known when its result arrives again',
    file: 'domain/sleeve/decider.ts',
    from: '        accepted: state.accepted.with(runId, run),\n',
    to: '        accepted: state.accepted,\n',
    test: 'test/fault/reaction-storm',
  },
  {
    row: 'C4 redelivery of every command, on memory and SQLite',
    what: 'a run is accepted again when it is recorded again',
    file: 'domain/sleeve/decider.ts',
    from: '    if (before.payloadHash === run.payloadHash) return [];',
    to: "    if (before.payloadHash === run.payloadHash) return [draftSleeve('SleeveRunAccepted', run)];",
    test: 'test/handlers/runtime/record-redelivery',
  },
  {
    row: 'F11 processes on one new file, streams of their own',
    what: 'a store that is busy is an error at once',
    file: 'infra/sqlite/connection.ts',
    from: "      this.#rollBack();\n      if (isBusy(error)) return 'busy';\n",
    to: '      this.#rollBack();\n',
    test: 'test/fault/store-processes',
    named: 'streams of their own',
  },
  {
    row: 'F5 disk full under a projector',
    what: 'a full disk is no error of its own',
    file: 'infra/sqlite/failures.ts',
    from: "if (code === 'SQLITE_FULL') return new LedgerError('StoreFull'",
    to: "if (code === 'SQLITE_FULL') return new LedgerError('StoreIo'",
    test: 'test/fault/reaction-disk',
  },
  {
    row: 'bad input, interruption, full disk, two processes',
    what: 'a store that is busy is an error at once',
    file: 'infra/sqlite/connection.ts',
    from: "      this.#rollBack();\n      if (isBusy(error)) return 'busy';\n",
    to: '      this.#rollBack();\n',
    test: 'test/fault/cli-processes',
  },
  {
    row: 'bad price files',
    what: 'the ledger is made before it is known whether there is anything to record',
    file: 'presentation/cli/verbs/flow-production.ts',
    from: '    const ledger = lazyLedger(context);\n',
    to: '    const ledger = lazyLedger(context);\n    await ledger.writing();\n',
    test: 'test/fault/cli-bad-input',
    named: 'a price file with',
  },
];

const mathematics: readonly Sabotage[] = [
  {
    row: 'P2 order changes no byte',
    what: 'the parts of a portfolio are summed in the order in which they are given',
    file: 'domain/allocation/flatten.ts',
    from: "leaves.toSorted((left, right) => byCodeUnits(left.path.join('/'), right.path.join('/')));",
    to: '[...leaves];',
    test: 'test/property/flatten',
    named: 'P2',
  },
  {
    row: 'P3 nested portfolios',
    what: 'of a nest the outermost weight alone counts',
    file: 'domain/allocation/flatten.ts',
    from: 'amount: physicalSymbol(asset.symbol).sign * sleeveWeight * asset.weight,',
    to: 'amount: physicalSymbol(asset.symbol).sign * (leaf.weights[0] ?? sleeveWeight) * asset.weight,',
    test: 'test/property/flatten',
    named: 'P3',
  },
  {
    row: 'P5 the whole job against a second implementation',
    what: 'covariances, but not variances, are a tenth too small',
    file: 'domain/risk/covariance.ts',
    from: '(1 - weight) * (products[i * count + j]! / divisor) * (1 -',
    to: '0.9 * (1 - weight) * (products[i * count + j]! / divisor) * (1 -',
    test: 'test/oracle/main-job',
    needs: 'reference data',
  },
];

export const sabotagesOfAnswers: readonly Sabotage[] = [...servers, ...records, ...storms, ...mathematics];
