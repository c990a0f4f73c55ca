/**
 * What Node alone does on this machine: tells everybody who is connected the same text so often, `bare-stream-apart.ts TOLD_PER_SECOND
 * LENGTH`, and says where.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';

const [toldPerSecond, length] = process.argv.slice(2).map(Number) as [number, number];
const text = 'x'.repeat(length);
const readers = new Set<Socket>();
const server = createServer((reader) => {
  readers.add(reader);
  reader.once('close', () => readers.delete(reader));
  reader.on('error', () => reader.destroy());
  reader.once('data', () => reader.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nretry: 1000\n\n'));
});
setInterval(() => {
  for (const reader of readers) reader.write(text);
}, 1_000 / toldPerSecond);
server.listen(0, '127.0.0.1', () => process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit(0));
