import { z } from 'zod';
import { nameSchema } from '../../../domain/manifest/values.ts';
import { readers } from '../../../domain/people/api-roles.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { visibleJson } from '../../../domain/shared/visible-text.ts';
import { feedDefaults, type FeedOptions, LiveFeed, type Told } from '../../../handlers/live/feed.ts';
import { type Happening, type HappeningName, happeningNames } from '../../../handlers/live/happening.ts';
import { untilReached } from '../../../handlers/live/place.ts';
import { catchUpAsked } from '../../../handlers/read-models/projector.ts';
import { type Watched, watchedOf } from '../../../handlers/live/watched.ts';
import type { ApiRequest } from '../../ports/ports.ts';
import { happeningData } from '../answers/stream.ts';
import { givenFor, refuseStrangers } from '../input.ts';
import { guarded, type Offered, requireRole } from '../offered.ts';
import { jsonSchema, parameterOf } from '../openapi.ts';
import { queryList, queryText } from '../parameters.ts';
import { plainHeaders } from '../problem.ts';
import { whoIs } from '../protection.ts';
import type { ApiService } from '../service.ts';

const path = '/v1/stream';
const names = Object.values(happeningNames);
/** Reads everything that is held, from its first event on. */
const fromStart = 'start';

const types = queryList('types', 'Only what is called so; may be repeated.', z.enum(names));
const meta = queryList('meta', 'Only what is about this portfolio, or another that is named; may be repeated.', nameSchema);
const sleeve = queryList('sleeve', 'Only what is about this sleeve, or another that is named; may be repeated.', nameSchema);
const after = queryText('after', `Behind this position; \`${fromStart}\` for everything. Left out: what happens from now on.`);
const parameters = [types, meta, sleeve, after];

const headers = {
  ...plainHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Nothing comes behind it; a server that stops need not wait for what could.
  connection: 'close',
  // A proxy in front that gathers answers would keep everything for itself.
  'x-accel-buffering': 'no',
};

function watchedBy(request: ApiRequest): Watched {
  const list = (parameter: typeof types): readonly string[] => (givenFor(parameter, request) ?? []) as readonly string[];
  const [metas, sleeves] = [list(meta), list(sleeve)];
  if (metas.length + sleeves.length > limits.streamNamesMax)
    throw new LedgerError('RequestInvalid', `more than ${limits.streamNamesMax} portfolios and sleeves are named`, {
      at: { path: 'meta' },
    });
  return watchedOf({ names: list(types) as readonly HappeningName[], metas, sleeves });
}

/**
 * Where a reader begins. What a browser says when it connects again is newer than what stands in the address. Errors: RequestInvalid,
 * NotYetKnown.
 */
async function beginOf(request: ApiRequest, { session }: ApiService): Promise<string | null> {
  const { store } = session.ports;
  const held = request.headers['last-event-id'] ?? '';
  const [position, name] = held === '' ? [givenFor(after, request) as string | undefined, 'after'] : [held, 'last-event-id'];
  if (position === undefined) return store.head();
  if (position === fromStart) return null;
  await untilReached(store, position, name, 0, request.signal);
  return position;
}

/** Happenings as they are sent; made once for all who are told of them. */
const frames = new WeakMap<Happening, string>();
const texts = new WeakMap<readonly Happening[], Uint8Array>();
const encoder = new TextEncoder();

function frameOf(happening: Happening): string {
  const { name, ...data } = happening;
  const known = frames.get(happening);
  if (known !== undefined) return known;
  const frame = `id: ${happening.position}\nevent: ${name}\ndata: ${visibleJson(JSON.stringify(data))}\n\n`;
  frames.set(happening, frame);
  return frame;
}

/** A sign of life is a comment; its id says how far the reader has come, so that it need not read that again. */
function bytesOf({ happenings, position }: Told): Uint8Array {
  if (happenings.length === 0) return encoder.encode(position === null ? ':\n\n' : `:\nid: ${position}\n\n`);
  const known = texts.get(happenings);
  if (known !== undefined) return known;
  const bytes = encoder.encode(happenings.map(frameOf).join(''));
  texts.set(happenings, bytes);
  return bytes;
}

const retryMsMin = 2_000;
const retryMsSpread = 3_000;
/** Readers of a server that begins again do not all come back at once. */
let connections = 0;

function openingOf(begin: string | null): Uint8Array {
  connections = (connections + 1) % 1_000;
  const retryMs = retryMsMin + ((connections * 617) % retryMsSpread);
  return encoder.encode(`retry: ${retryMs}\n${begin === null ? '' : `id: ${begin}\n`}\n`);
}

/** Server-Sent Events, for as long as whoever reads may. */
async function* eventsOf(
  happenings: AsyncIterable<Told>,
  service: ApiService,
  identityMsMax: number,
  request: ApiRequest,
  begin: string | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { log } = service.session.ports;
  let identifiedAt = performance.now();
  try {
    yield openingOf(begin);
    for await (const told of happenings) {
      if (performance.now() - identifiedAt > identityMsMax) {
        requireRole(readers, await service.identify(request));
        identifiedAt = performance.now();
      }
      yield bytesOf(told);
    }
  } catch (error) {
    // Nothing can be refused any more: the stream ends, and whoever comes back is told why.
    if (!request.signal.aborted) log.info({ error }, 'a stream ended early');
  }
}

const operation = {
  operationId: 'stream',
  tags: ['operations'],
  summary: 'What happens, while it happens: Server-Sent Events.',
  description:
    'One event for each that is recorded, of the types that are told: `event` is its name, `id` its position, `data` a small JSON object ' +
    'that says what it is about (`x-event-data`). Whoever connects again sends `Last-Event-ID` and misses nothing; a position that the ' +
    `ledger has not reached is refused. A comment every ${limits.streamHeartbeatMs / 1_000} s shows that the connection stands. A reader ` +
    `that takes less than happens is disconnected. For the roles ${readers.join(', ')}.`,
  security: [{ bearer: [] }],
  'x-roles': readers,
  'x-event-names': names,
  'x-event-data': jsonSchema(happeningData, 'output'),
  parameters: [
    ...parameters.map(parameterOf),
    {
      name: 'last-event-id',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'Position of the last event that was read: goes before `after`.',
    },
  ],
  responses: {
    200: { description: 'Events, without an end.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    default: { $ref: '#/components/responses/Problem' },
  },
};

export interface StreamOptions extends FeedOptions {
  /** So long after it was looked who reads, it is looked again. */
  readonly identityMsMax: number;
}

/** The stream of what happens; one subscription of the store feeds everybody who reads it. */
export function streamEndpoint(service: ApiService, options: Partial<StreamOptions> = {}): Offered {
  let made: LiveFeed | null = null;
  // Where only is said what is offered, there is no ledger to feed it from.
  const feedOf = (): LiveFeed => {
    const { session, ending } = service;
    const prepare = (): Promise<void> => catchUpAsked(session.ports, limits.streamReadyMs);
    return (made ??= new LiveFeed(session.ports, ending, { ...feedDefaults, prepare, ...options }));
  };
  const { identityMsMax = limits.streamIdentityMsMax } = options;
  const endpoint = guarded({ method: 'GET', path, roles: readers, bodyBytesMax: 0 }, service, async (request, identity) => {
    refuseStrangers(parameters, request.query);
    const watched = watchedBy(request);
    const begin = await beginOf(request, service);
    // Whoever asks what is here without reading it.
    if (request.method === 'HEAD') return { status: 200, headers, body: '' };
    const happenings = feedOf().read(whoIs(identity, request), begin, watched, request.signal);
    return { status: 200, headers, body: eventsOf(happenings, service, identityMsMax, request, begin) };
  });
  return { endpoint, access: readers, tag: 'operations', operation };
}
