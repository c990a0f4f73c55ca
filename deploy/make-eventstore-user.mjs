// Makes a user that a ledger works as: it may read $all and manage persistent subscriptions, and is no administrator. Safe to repeat, also
// for another user: who may read $all already goes on doing so.
// `admin` is needed here and nowhere else. The address is https, verified against NODE_EXTRA_CA_CERTS.
import { readFileSync } from 'node:fs';
import { EventStoreDBClient } from '@eventstore/db-client';

const wanted = (name) => {
  const value = process.env[name] ?? '';
  if (value === '') {
    process.stderr.write(`${name} is needed\n`);
    process.exit(2);
  }
  return value;
};

const address = new URL(wanted('EVENTSTORE_ADDRESS'));
const admin = { username: 'admin', password: wanted('EVENTSTORE_ADMIN_PASSWORD') };
const ledger = { username: wanted('EVENTSTORE_LEDGER_USER'), password: wanted('EVENTSTORE_LEDGER_PASSWORD') };

async function ask(method, path, body) {
  const authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`;
  const answer = await fetch(new URL(path, address), { method, headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return answer.status;
}

/** $ops may manage persistent subscriptions. */
async function makeUser() {
  const groups = ['$ops'];
  const made = await ask('POST', '/users/', { loginName: ledger.username, fullName: 'sleeve-ledger', password: ledger.password, groups });
  if (made === 201) return `made the user ${ledger.username}`;
  if (made !== 409) throw new Error(`the server answered ${made} when asked for the user ${ledger.username}`);
  const reset = await ask('POST', `/users/${ledger.username}/command/reset-password`, { newPassword: ledger.password });
  if (reset !== 200) throw new Error(`the server answered ${reset} when asked to set the password of ${ledger.username}`);
  return `set the password of ${ledger.username}`;
}

/** Without it only administrators read $all, which sealing, projections and verification need. */
async function allowReadingAll() {
  const client = new EventStoreDBClient({ endpoint: { address: address.hostname, port: Number(address.port) } }, { rootCertificate: readFileSync(wanted('NODE_EXTRA_CA_CERTS')) }, admin);
  try {
    const { metadata } = await client.getStreamMetadata('$all', { credentials: admin });
    const acl = metadata?.acl ?? {};
    const readRoles = [...new Set(['$admins', ...[acl.readRoles ?? []].flat(), ledger.username])];
    await client.setStreamMetadata('$all', { ...metadata, acl: { ...acl, readRoles } }, { credentials: admin, deadline: 10_000 });
  } finally {
    await client.dispose();
  }
}

try {
  process.stdout.write(`${await makeUser()}\n`);
  await allowReadingAll();
  process.stdout.write(`${ledger.username} may read $all\n`);
} catch (error) {
  process.stderr.write(`${error.message}${error.cause === undefined ? '' : `: ${error.cause.message}`}\n`);
  process.exitCode = 1;
}
