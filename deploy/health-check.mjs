// Asks the worker in this container whether it is alive: 0 when it is, 1 when not. The port is that of SLEEVE_LEDGER_HTTP.
const port = /:(\d+)$/.exec(process.env.SLEEVE_LEDGER_HTTP ?? '')?.[1];
if (port === undefined) {
  process.stderr.write('SLEEVE_LEDGER_HTTP names no port\n');
  process.exit(1);
}
try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(3_000) });
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
