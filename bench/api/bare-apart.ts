/** What Node alone does on this machine: answers every question with the same text, `bare-apart.ts LENGTH`, and says where. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = 'x'.repeat(Number(process.argv[2]));
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
});
// One of many connections may rest for longer than the five seconds that Node allows, and be closed under a question.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit(0));
