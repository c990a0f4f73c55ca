import { errorKinds, type ErrorCode, LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { createPosting, type PostedOutcome } from '../../../handlers/intake/posting.ts';
import { loadedOnce } from '../../../handlers/runtime/loaded-once.ts';
import type { ApiAnswer, ApiRequest } from '../../ports/ports.ts';
import type { TakenOfBatch } from '../answers/intake.ts';
import { cloudEventsOf } from '../cloud-events.ts';
import type { Identity } from '../identity.ts';
import { guarded, type Offered } from '../offered.ts';
import { jsonText, plainHeaders, problemOf } from '../problem.ts';
import { asksToWait, standingAfter } from '../reaction.ts';
import type { ApiService } from '../service.ts';
import { sendSleeveResults } from './sleeve-results-document.ts';

const roles = ['sender'] as const;
const tag = 'intake';

/** Its topic among those of a broker: letters without a sleeve stand under it. */
const origin = 'http';

const answerHeaders = { ...plainHeaders, 'cache-control': 'no-store' };

function isErrorCode(code: string): code is ErrorCode {
  return code in errorKinds;
}

/** What is wrong with an event that became a letter, as problem details. */
function refusalOf({ code, refusal }: PostedOutcome): object {
  const path = refusal?.path ?? null;
  const known = code !== null && isErrorCode(code) ? code : 'MessageInvalid';
  return problemOf(new LedgerError(known, refusal?.reason ?? 'it was refused before', path === null ? {} : { at: { path } }));
}

function answered(taken: readonly TakenOfBatch[], outcomes: readonly PostedOutcome[], batched: boolean): ApiAnswer {
  const refused = outcomes.find(({ code }) => code !== null);
  const { reason: _reason, path: _path, ...single } = taken[0] ?? ({} as TakenOfBatch);
  const told = batched ? { results: taken } : single;
  return refused === undefined
    ? { status: 200, headers: { ...answerHeaders, 'content-type': 'application/json; charset=utf-8' }, body: jsonText(told) }
    : {
        status: 422,
        headers: { ...answerHeaders, 'content-type': 'application/problem+json' },
        body: jsonText({ ...refusalOf(refused), status: 422, ...told }),
      };
}

/** Results of sleeves, from those who have no broker. */
export function sleeveResults(service: ApiService): Offered {
  const posting = loadedOnce(async () => {
    const { deadLettersTopic, onPoison } = service.settings;
    return createPosting(service.session, { origin, deadLetters: service.deadLetters, deadLettersTopic, onPoison });
  });
  const answer = async (request: ApiRequest, identity: Identity): Promise<ApiAnswer> => {
    const { messages, batched } = cloudEventsOf(request);
    const context = service.contextFor(identity, request);
    const outcomes = await (await posting()).take(await context.writing(), messages);
    if (outcomes.some(({ outcome }) => outcome !== 'already')) service.sealSoon();
    const standings = await Promise.all(
      outcomes.map(async ({ runId }) => (runId === null ? null : standingAfter(service, request, runId))),
    );
    const position = await service.session.ports.store.head();
    const taken = outcomes.map(({ outcome, sleeve, runId, letterId, code, refusal }, index): TakenOfBatch => {
      const portfolios = standings[index]?.map((standing) => ({ ...standing })) ?? null;
      const { reason = null, path = null } = refusal ?? {};
      return { outcome, sleeve, runId, letterId, code, portfolios, position, reason, path };
    });
    const told = answered(taken, outcomes, batched);
    return asksToWait(request) ? { ...told, headers: { ...told.headers, 'preference-applied': 'wait' } } : told;
  };
  return {
    endpoint: guarded(
      { method: 'POST', path: '/v1/sleeve-results', roles, bodyBytesMax: limits.messageBytesMax, records: 'messages' },
      service,
      answer,
    ),
    access: roles,
    tag,
    operation: sendSleeveResults(roles, tag),
  };
}
