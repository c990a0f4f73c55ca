/**
 * Many readers of the stream: `readers-apart.ts URL COUNT`. Says when each has been told where it begins; given when each event was
 * durable, answers what was read.
 */
import { connect, type Socket } from 'node:net';
import { type Percentiles, percentilesOf } from '../percentiles.ts';

export interface ReadFigures {
  /** Told to each reader. */
  readonly events: number;
  /** Events that were appended and that a reader has not read, over all readers. */
  readonly missing: number;
  readonly latency: Percentiles;
  /** In how many pieces each reader was told, and of how many characters each piece was. */
  readonly pieces: number;
  readonly pieceCharacters: number;
}

const [url, count] = process.argv.slice(2) as [string, string];
const { hostname, port } = new URL(url);
const now = (): number => performance.timeOrigin + performance.now();
/** A server takes so many connections at once, and a request must have arrived in time. */
const connectedTogether = 100;
const sampledMax = 200_000;
/** Who has no name counts by address: readers come from several, as one alone may not have so many. */
const addresses = 20;
let connections = 0;

class Reader {
  /** When an event was read, by position. */
  readonly readAt = new Map<string, number>();
  pieces = 0;
  characters = 0;
  readonly begun: Promise<void>;
  readonly #socket: Socket;
  #rest = '';

  constructor() {
    connections += 1;
    this.#socket = connect({ port: Number(port), host: hostname, localAddress: `127.0.0.${1 + (connections % addresses)}` });
    this.#socket.setEncoding('latin1');
    this.#socket.write(`GET /v1/stream HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
    this.begun = new Promise((resolve, reject) => {
      this.#socket.once('close', () => reject(new Error(`a reader was let go: ${this.#rest}`)));
      this.#socket.on('data', (text: string) => {
        this.#read(text);
        if (text.includes('retry:')) resolve();
      });
    });
  }

  leave(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const at = now();
    this.pieces += 1;
    this.characters += text.length;
    const all = this.#rest + text;
    let end = 0;
    for (let found = all.indexOf('\nevent: '); found !== -1; found = all.indexOf('\nevent: ', end)) {
      end = found + 1;
      const line = all.lastIndexOf('id: ', found);
      this.readAt.set(all.slice(line + 4, found), at);
    }
    this.#rest = all.slice(Math.max(end, all.length - 100));
  }
}

const readers: Reader[] = [];
while (readers.length < Number(count)) {
  const some = Array.from({ length: Math.min(connectedTogether, Number(count) - readers.length) }, () => new Reader());
  await Promise.all(some.map(({ begun }) => begun));
  readers.push(...some);
}
process.send!('all have begun');
process.once('message', (appended: [string, number][]) => {
  const every = Math.max(1, Math.ceil((readers.length * appended.length) / sampledMax));
  const latencies: number[] = [];
  let [missing, seen] = [0, 0];
  for (const { readAt } of readers)
    for (const [position, durable] of appended) {
      const at = readAt.get(position);
      if (at === undefined) missing++;
      else if (seen++ % every === 0) latencies.push(at - durable);
    }
  const { pieces, characters } = readers[0]!;
  const pieceCharacters = Math.round(characters / pieces);
  const latency = percentilesOf(latencies.length === 0 ? [0] : latencies);
  const figures: ReadFigures = { events: appended.length, missing, latency, pieces, pieceCharacters };
  for (const reader of readers) reader.leave();
  process.send!(figures, () => process.disconnect());
});
