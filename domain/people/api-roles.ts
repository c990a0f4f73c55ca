/** What somebody who is authenticated may do over HTTP. Nobody has all of them because of one: each is given. */
export const apiRoles = ['viewer', 'auditor', 'sender', 'operator', 'approver'] as const;
export type ApiRole = (typeof apiRoles)[number];

export const apiRoleMeanings: Readonly<Record<ApiRole, string>> = {
  viewer: 'reads what is recorded',
  auditor: 'reads, and takes exports and evidence away',
  sender: 'sends sleeve results, and reads nothing',
  operator: 'reads; halts, resumes, quarantines, retries, discards and applies manifests',
  approver: 'reads; approves, rejects, waives and revokes',
};

/** Whoever does more than send may read what it is about. */
export const readers: readonly ApiRole[] = ['viewer', 'auditor', 'operator', 'approver'];
