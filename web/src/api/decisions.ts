import type { ApiRole } from '../../../domain/people/api-roles.ts';

/** What somebody decides: where it is sent, and what it takes. */
export interface Decision {
  /** As it stands on the button. */
  readonly label: string;
  /** What it does, said before it is done. */
  readonly told: string;
  readonly path: string;
  readonly role: ApiRole;
  readonly tone: 'plain' | 'good' | 'bad';
  /** Beside the reason. */
  readonly body?: object;
  readonly command: readonly string[];
}

const part = encodeURIComponent;

export const approveRun = (run: string, meta: string): Decision => ({
  label: 'Approve',
  told: `Approves run ${run} of ${meta}: its allocation is published.`,
  path: `/v1/runs/${part(run)}/approve`,
  role: 'approver',
  tone: 'good',
  command: ['approve', run],
});

export const rejectRun = (run: string, meta: string): Decision => ({
  label: 'Reject',
  told: `Rejects run ${run} of ${meta}: what is in force stays in force.`,
  path: `/v1/runs/${part(run)}/reject`,
  role: 'approver',
  tone: 'bad',
  command: ['reject', run],
});

export const halt = (meta: string): Decision => ({
  label: 'Halt publication',
  told: `Halts ${meta}: allocations are recorded, and none is published until somebody resumes it.`,
  path: `/v1/portfolios/${part(meta)}/halt`,
  role: 'operator',
  tone: 'bad',
  command: ['halt', '--meta', meta],
});

export const resume = (meta: string): Decision => ({
  label: 'Resume publication',
  told: `Lets allocations of ${meta} be published again.`,
  path: `/v1/portfolios/${part(meta)}/resume`,
  role: 'operator',
  tone: 'good',
  command: ['resume', '--meta', meta],
});

export const quarantine = (sleeve: string): Decision => ({
  label: 'Quarantine',
  told: `Keeps the results of ${sleeve} out of every portfolio.`,
  path: `/v1/sleeves/${part(sleeve)}/quarantine`,
  role: 'operator',
  tone: 'plain',
  command: ['sleeve', 'quarantine', sleeve],
});

export const reinstate = (sleeve: string): Decision => ({
  label: 'Reinstate',
  told: `Lets the results of ${sleeve} count again.`,
  path: `/v1/sleeves/${part(sleeve)}/reinstate`,
  role: 'operator',
  tone: 'good',
  command: ['sleeve', 'reinstate', sleeve],
});

export const retryLetter = (letter: string): Decision => ({
  label: 'Retry',
  told: 'Judges the message again, by the manifest and the code of today.',
  path: `/v1/dead-letters/${part(letter)}/retry`,
  role: 'operator',
  tone: 'good',
  command: ['dlq', 'retry', letter],
});

export const discardLetter = (letter: string): Decision => ({
  label: 'Discard',
  told: 'Gives the message up: what waits behind it goes on. It cannot be taken back.',
  path: `/v1/dead-letters/${part(letter)}/discard`,
  role: 'operator',
  tone: 'bad',
  command: ['dlq', 'discard', letter],
});

export const approveDefinition = (meta: string, proposal: number): Decision => ({
  label: 'Approve definition',
  told: `Puts definition ${meta}/${proposal} in force.`,
  path: `/v1/proposals/${part(`${meta}/${proposal}`)}/approve`,
  role: 'approver',
  tone: 'good',
  command: ['manifest', 'approve', `${meta}/${proposal}`],
});

export const rejectDefinition = (meta: string, proposal: number): Decision => ({
  label: 'Reject definition',
  told: `Refuses definition ${meta}/${proposal}.`,
  path: `/v1/proposals/${part(`${meta}/${proposal}`)}/reject`,
  role: 'approver',
  tone: 'bad',
  command: ['manifest', 'reject', `${meta}/${proposal}`],
});

export const waive = (meta: string, paths: readonly string[], until: string): Decision => ({
  label: 'Waive the differences',
  told: `Excepts ${paths.join(', ')} of ${meta} from parity until ${until}.`,
  path: `/v1/portfolios/${part(meta)}/waivers`,
  role: 'approver',
  tone: 'plain',
  body: { paths, until },
  command: ['parity', 'waive', '--meta', meta, '--paths', paths.join(','), '--until', until],
});
