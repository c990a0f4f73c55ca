import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import type { EffectiveConfig } from '../scan/inheritance.ts';
import { unreachable } from '../shared/errors.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import {
  attributesAnswer,
  candidatesAnswer,
  gapsAnswer,
  liquidityAnswer,
  mapAnswer,
  orphansAnswer,
  overlapAnswer,
  specAnswer,
} from './audit-answers.ts';
import type { AuditAsked } from './audit-asked.ts';
import type { UnnumberedAudit } from './commands.ts';

/** The answer of an audit, with one line of what was found. */
export type AuditAnswer =
  | { readonly question: 'map'; readonly finding: string; readonly answer: ReturnType<typeof mapAnswer> }
  | { readonly question: 'gaps'; readonly finding: string; readonly answer: ReturnType<typeof gapsAnswer> }
  | { readonly question: 'attributes'; readonly finding: string; readonly answer: ReturnType<typeof attributesAnswer> }
  | { readonly question: 'liquidity'; readonly finding: string; readonly answer: ReturnType<typeof liquidityAnswer> }
  | { readonly question: 'overlap'; readonly finding: string; readonly answer: ReturnType<typeof overlapAnswer> }
  | { readonly question: 'audit'; readonly finding: string; readonly answer: ReturnType<typeof specAnswer> }
  | { readonly question: 'candidates'; readonly finding: string; readonly answer: ReturnType<typeof candidatesAnswer> }
  | { readonly question: 'orphans'; readonly finding: string; readonly answer: ReturnType<typeof orphansAnswer> };

/** Answers a question. Pure: the same question has the same answer. */
export function answerOf(asked: AuditAsked): AuditAnswer {
  switch (asked.question) {
    case 'map': {
      const answer = mapAnswer(asked);
      return { question: asked.question, answer, finding: `${answer.categories.length} categories in ${answer.sample.rows} rows` };
    }
    case 'gaps': {
      const answer = gapsAnswer(asked);
      const gaps = answer.categories.filter(({ isGap }) => isGap === true).length;
      return {
        question: asked.question,
        answer,
        finding: answer.state === 'evaluated' ? `${gaps} gaps` : 'not evaluated: categories are texts',
      };
    }
    case 'attributes': {
      const answer = attributesAnswer(asked);
      const lacking = answer.columns.filter(({ state, requestedBy }) => state !== 'ok' && requestedBy.length > 0).length;
      return { question: asked.question, answer, finding: `${lacking} columns that are asked for have no value` };
    }
    case 'liquidity': {
      const answer = liquidityAnswer(asked);
      const days = answer.quantiles.daysToLiquidate.find(({ probability }) => probability === 0.5)?.value ?? null;
      const median = days === null ? 'no average volume' : `median of ${days.toFixed(2)} days to liquidate`;
      return { question: asked.question, answer, finding: `${answer.count} in the cohort, ${median}` };
    }
    case 'overlap': {
      const answer = overlapAnswer(asked);
      return { question: asked.question, answer, finding: answer.finding };
    }
    case 'audit': {
      const answer = specAnswer(asked);
      return { question: asked.question, answer, finding: `${answer.matching} of ${answer.of} scanners match` };
    }
    case 'candidates': {
      const answer = candidatesAnswer(asked);
      const warned = answer.byPerformance.filter(({ warnings }) => warnings.length > 0).length;
      return { question: asked.question, answer, finding: `${answer.byPerformance.length} candidates, ${warned} with warnings` };
    }
    case 'orphans': {
      const answer = orphansAnswer(asked);
      return { question: asked.question, answer, finding: `${answer.orphans.length} orphans, ${answer.broken.length} broken` };
    }
    default:
      return unreachable(asked);
  }
}

function configsOf(asked: AuditAsked): readonly Pick<EffectiveConfig, 'entry' | 'effective'>[] | null {
  if ('configs' in asked) return asked.configs;
  return asked.question === 'audit' ? asked.found.flatMap((one) => ('config' in one ? [one.config] : [])) : null;
}

/** The hash of the effective configurations that a question is about, in its order; null where it is about none. */
export function auditConfigHash(sha256: Sha256, asked: AuditAsked): string | null {
  const configs = configsOf(asked);
  return configs === null
    ? null
    : hashOfJson(
        sha256,
        configs.map(({ effective }) => effective),
      );
}

export interface AuditFacts {
  readonly answer: AuditAnswer;
  readonly audit: UnnumberedAudit;
  readonly staged: StagedArtifacts;
}

/** Answers a question and makes a fact of it. Pure; replay calls it with what the ledger recorded. Errors: RulesUnknown. */
export function auditFacts(asked: AuditAsked, rules: number, sha256: Sha256): AuditFacts {
  const answer = answerOf(asked);
  const staged = new StagedArtifacts(sha256);
  const { question, asOf } = asked;
  const inputs = staged.document('scan-audit-inputs', { question, content: asked });
  const audit: UnnumberedAudit = {
    question,
    auditId: hashOfJson(sha256, ['scan-audit', inputs.sha256]),
    asOf,
    rules: requireRules(rules),
    configHash: auditConfigHash(sha256, asked),
    finding: answer.finding,
    inputs,
    answer: staged.document('scan-audit', { question, content: answer.answer }),
  };
  return { answer, audit, staged };
}
