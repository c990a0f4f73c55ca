import { LedgerError } from '../../../domain/shared/errors.ts';
import { formatVerifierKey } from '../../../domain/audit/signed-note.ts';
import { compared, type FormatComparison } from '../../../domain/ledger/format.ts';
import { checkPapers, type PaperResult } from '../../doctor/check-papers.ts';
import { heldKey } from '../../../handlers/ledger/held-key.ts';
import { type KeyFile, keyFileOf, readKeyFile } from '../../../handlers/ledger/key-file.ts';
import { keysOf } from '../../../handlers/ledger/keys.ts';
import { latestRecord } from '../../../handlers/ledger/latest-record.ts';
import { type Witnesses, witnessesOf } from '../../../handlers/ledger/witness-folder.ts';
import { type Standing, witnessStandings } from '../../../handlers/queries/witness-standing.ts';
import { provenBy } from '../../doctor/witness-arrangement.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { admitTime } from '../../../handlers/runtime/record.ts';
import { RecordedFormat, shown } from '../../../handlers/ledger/recorded-format.ts';
import { compareWitness } from '../../../handlers/ledger/witnessed.ts';
import { isServer, redacted } from '../../../handlers/runtime/settings.ts';
import { heading, table, type VerbCode, type VerbContext } from '../verb.ts';

interface Check {
  readonly check: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'not_evaluated';
  readonly message: string;
}

function formatCheck({ recorded, lacking, gaining }: FormatComparison): Check {
  if (lacking.length > 0)
    return {
      check: 'format',
      status: 'failed',
      message: `newer than this build, which lacks ${shown(lacking)}: it writes and seals nothing`,
    };
  if (gaining.length > 0)
    return {
      check: 'format',
      status: 'passed',
      message: `older than this build, whose first write raises it by ${shown(gaining)}: back up before`,
    };
  return {
    check: 'format',
    status: 'passed',
    message: `that of this build: ${Object.keys(recorded.events).length} types of event, identity version ${recorded.identityVersion}`,
  };
}

interface StoreChecks {
  readonly checks: readonly Check[];
  readonly format: FormatComparison | null;
  /** Null where the store cannot be opened. */
  readonly ports: Ports | null;
}

function alone(status: Check['status'], message: string): StoreChecks {
  return { checks: [{ check: 'store', status, message }], format: null, ports: null };
}

/** Why nothing could be recorded now; null when something could. */
async function clockAhead(ports: Parameters<typeof admitTime>[0]): Promise<string | null> {
  try {
    await admitTime(ports);
    return null;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'ClockAhead') return `${error.message}; ${error.advice}`;
    throw error;
  }
}

async function storeChecks(context: VerbContext): Promise<StoreChecks> {
  const { settings, tools } = context;
  if (!isServer(settings.store) && !(await tools.files.exists(settings.store)))
    return alone('not_evaluated', `no ledger at ${settings.store} yet`);
  try {
    const { ports, ledger } = await context.inspecting();
    const { format: recorded } = await new RecordedFormat(ports.store).current();
    const newest = (await latestRecord(ports.store))!;
    const now = tools.clock.now();
    const ahead = newest.recordedAt > now;
    const jump = await clockAhead(ports);
    const format = compared(recorded);
    const checks: Check[] = [
      {
        check: 'store',
        status: 'passed',
        message: `${redacted(settings.store)}: ledger ${ledger.ledgerId}, head ${await ports.store.head()}`,
      },
      {
        check: 'clock',
        status: jump !== null ? 'failed' : ahead ? 'warned' : 'passed',
        message:
          jump ??
          (ahead
            ? `the clock (${now}) stands before the latest record (${newest.recordedAt}, ${newest.stream}@${newest.revision}): the clock ` +
              'was put back, or ran ahead when that was recorded; records of that stream keep the later time'
            : `${now}, after everything recorded`),
      },
      formatCheck(format),
    ];
    return { checks, format, ports };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return alone('failed', `${error.code}: ${error.message}`);
  }
}

/** What is known of where the witness is kept: of a server's disks nothing. */
async function placeOf({ settings, tools }: VerbContext, witness: string): Promise<Pick<Check, 'status' | 'message'>> {
  if (isServer(settings.store)) return { status: 'passed', message: witness };
  const sameVolume = (await tools.files.volumeOf(witness)) === (await tools.files.volumeOf(settings.store));
  return sameVolume
    ? { status: 'warned', message: `${witness} is on the disk of the store: it proves less than one elsewhere` }
    : { status: 'passed', message: `${witness} is on another disk than the store` };
}

async function witnessCheck(context: VerbContext, witness: string, ports: Ports): Promise<Check> {
  const check = 'witness';
  try {
    const found = await compareWitness(ports, witness);
    if (found.kind === 'nothing witnessed') return { check, status: 'warned', message: `${witness} holds no checkpoint yet` };
    const { kind, witnessed, sealed } = found;
    if (kind === 'cut') {
      const message =
        `${witness} remembers ${witnessed} sealed events, the store is sealed to ${sealed}: ` +
        'it was cut or put back to an older copy; `ledger verify` says where';
      return { check, status: 'failed', message };
    }
    if (kind === 'other')
      return {
        check,
        status: 'failed',
        message: `${witness} remembers other events than the ${sealed} of the store; see \`ledger verify\``,
      };
    const { status, message } = await placeOf(context, witness);
    return { check, status, message: `${message}; it remembers ${witnessed} events, the store is sealed to ${sealed}` };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { check, status: 'failed', message: `${error.code}: ${error.message}` };
  }
}

/** Whether the key at hand can sign at all, and whether the ledger takes its signature. */
async function keyCheck(
  tools: VerbContext['tools'],
  file: string,
  key: KeyFile,
  ports: Ports | null,
): Promise<Pick<Check, 'status' | 'message'>> {
  try {
    heldKey(tools, file, key);
    if (ports === null) return { status: 'passed', message: `${file} signs as ${key.origin}; there is no ledger to hold it against` };
    const known = (await keysOf(ports)).map((each) => formatVerifierKey(each));
    const inForce = known.at(-1)!;
    if (key.verifierKey === inForce)
      return { status: 'passed', message: `${file} signs as ${key.origin}, with the key in force: ${inForce}` };
    if (key.next?.verifierKey === inForce) {
      heldKey(tools, file, { ...key, ...key.next });
      return { status: 'warned', message: `${file}: a rotation of the key was interrupted; the next seal completes it` };
    }
    const whose = known.includes(key.verifierKey) ? 'a key that the ledger has retired' : 'a key of another ledger';
    return { status: 'failed', message: `${file} holds ${whose}, ${key.verifierKey}; in force is ${inForce}: nothing can be sealed` };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { status: 'failed', message: `${error.code}: ${error.message}` };
  }
}

const standingSentences: Readonly<Record<Standing['state'], (standing: Standing) => string>> = {
  covered: ({ remembers }) => `remembers ${remembers} events, as many as are sealed`,
  behind: ({ remembers, sealed }) => `remembers ${remembers} events of ${sealed} that are sealed: \`ledger seal\` offers it the rest`,
  beyond: ({ remembers, sealed }) =>
    `remembers ${remembers} events, the store is sealed to ${sealed}: it was cut or put back to an older copy; ` +
    '`ledger verify` says where',
  'nothing shown': ({ why }) => `shows nothing of this ledger${why === null ? '' : ` (${why})`}; \`ledger seal\` offers it the newest seal`,
  away: ({ why }) => `is away: ${why}`,
};

function standingCheck(standing: Standing): Check {
  const { place, state } = standing;
  const status = state === 'covered' ? 'passed' : state === 'beyond' ? 'failed' : 'warned';
  return { check: 'witness elsewhere', status, message: `${place} ${standingSentences[state](standing)}` };
}

/** What is proved by where the witnesses are. */
async function arrangementCheck({ settings, tools }: VerbContext, { directory, addresses, quorum }: Witnesses): Promise<Check> {
  const folderOnDiskOfStore = isServer(settings.store)
    ? null
    : (await tools.files.volumeOf(directory)) === (await tools.files.volumeOf(settings.store));
  const servers = addresses.filter(({ kind }) => kind === 'tlog').length;
  const message = provenBy({ folderOnDiskOfStore, repositories: addresses.length - servers, servers, quorum });
  return {
    check: 'what the witnesses prove',
    status: addresses.length === 0 && folderOnDiskOfStore === true ? 'warned' : 'passed',
    message,
  };
}

async function keyChecks(context: VerbContext, ports: Ports | null): Promise<Check[]> {
  const { settings, tools } = context;
  const file = keyFileOf(settings);
  if (!(await tools.files.exists(file))) return [{ check: 'key', status: 'not_evaluated', message: `no signing key at ${file} yet` }];
  const key = await readKeyFile(tools, settings);
  const witnesses = await witnessesOf(tools, settings, key);
  const { directory: witness, note } = witnesses;
  const checks: Check[] = [{ check: 'key', ...(await keyCheck(tools, file, key, ports)) }];
  if (note !== null) checks.push({ check: 'witness path', status: 'warned', message: note });
  if (!(await tools.files.exists(witness)))
    return [
      ...checks,
      {
        check: 'witness',
        status: 'warned',
        message: `${witness} is missing: nothing outside the store remembers a seal, and a ledger that is sealed is sealed no further`,
      },
    ];
  if (ports === null)
    return [...checks, { check: 'witness', status: 'not_evaluated', message: `${witness}: there is no store to compare it with` }];
  const elsewhere = (await witnessStandings(ports, witnesses, key.origin)).map(standingCheck);
  return [...checks, await witnessCheck(context, witness, ports), ...elsewhere, await arrangementCheck(context, witnesses)];
}

function conditionOf({ spectrum: { eigenvalueMin, eigenvalueMax, conditionNumber } }: PaperResult): string {
  const range = `eigenvalues ${eigenvalueMin.toExponential(2)} to ${eigenvalueMax.toExponential(2)}`;
  return conditionNumber === null ? `singular, ${range}` : `condition ${conditionNumber.toExponential(1)}, ${range}`;
}

export const doctor: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger doctor'],
  writes: false,
  run: async (context) => {
    const { tools } = context;
    const { platform } = await context.presentation();
    const papers = checkPapers();
    const store = await storeChecks(context);
    const checks: Check[] = [
      {
        check: 'build',
        status: 'passed',
        message: `sleeve-ledger ${tools.code.version}, commit ${tools.code.commit}, ${platform.name} ${platform.version}`,
      },
      {
        check: 'runtime',
        status: platform.supported ? 'passed' : 'failed',
        message: platform.supported ? 'supported' : `${platform.needs} is needed`,
      },
      ...store.checks,
      ...(await keyChecks(context, store.ports)),
      ...papers.map((paper): Check => ({
        check: `paper: ${paper.name}`,
        status: paper.passed ? 'passed' : 'failed',
        message:
          `${paper.source}; largest difference ${paper.difference.toExponential(1)}, at most ${paper.tolerance} is allowed; ` +
          conditionOf(paper),
      })),
    ];
    const failed = checks.filter(({ status }) => status === 'failed');
    return {
      result: { checks, format: store.format, papers, code: tools.code, runtime: { ...platform, ...tools.runtime } },
      failure: failed.length === 0 ? null : new LedgerError('ChecksFailed', failed.map(({ check }) => check).join(', ')),
      people: [
        heading(failed.length > 0 ? `${failed.length} checks failed` : 'All is well'),
        table(
          ['check', 'status', ''],
          checks.map(({ check, status, message }) => [check, status, message]),
        ),
      ],
    };
  },
};
