import { limits } from '../../domain/shared/limits.ts';
import type { Witnessed, Witnessing } from '../../handlers/witnessing/witnessing.ts';
import type { HttpAnswer, HttpRoute } from '../ports/ports.ts';

const statuses: Readonly<Record<Witnessed['kind'], number>> = {
  cosigned: 200,
  malformed: 400,
  'old beyond new': 400,
  'not signed': 403,
  'unknown origin': 404,
  'other size': 409,
  'split view': 409,
  inconsistent: 422,
};

function text(status: number, body: string, contentType = 'text/plain; charset=utf-8'): HttpAnswer {
  return { status, contentType, body };
}

function answerTo(witnessed: Witnessed): HttpAnswer {
  const status = statuses[witnessed.kind];
  if (witnessed.kind === 'cosigned') return text(status, witnessed.lines);
  if ('size' in witnessed) return text(status, `${witnessed.size}\n`, 'text/x.tlog.size');
  return text(status, `${witnessed.why}\n`);
}

/**
 * The witness protocol of C2SP (c2sp.org/tlog-witness): `POST /add-checkpoint`. Beside it `GET /checkpoint?origin=ORIGIN`, which the
 * protocol leaves open: the checkpoint that was cosigned last, for a log that lost its own memory, and for whoever watches.
 */
export function witnessRoutes(witnessing: Witnessing): readonly HttpRoute[] {
  return [
    {
      path: '/add-checkpoint',
      bodyBytesMax: limits.witnessBodyBytesMax,
      answer: async ({ body }) => answerTo(witnessing.addCheckpoint(body)),
    },
    {
      path: '/checkpoint',
      answer: async ({ query }) => {
        const note = witnessing.lastCosigned(query.get('origin') ?? '');
        return note === null ? text(404, 'nothing has been cosigned for this origin\n') : text(200, note);
      },
    },
  ];
}
