import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { blocksInLeafTerms, leafOfSetting, type LeafTerms, leafTerms, membersInLeafTerms } from './leaf-terms.ts';
import { metaIdentityV1 } from './identity-v1.ts';
import type { AtomicNode, MetaNode, NestedNode } from './resolved-meta-schema.ts';
import type { ResolvedProfile } from './resolved-schema.ts';
import { blocksAsSelected } from './selection-settings.ts';
import { isObject } from './values.ts';

/** Compiles only when every field of a definition is either used or left out by name. */
function nothingElse(_rest: Readonly<Record<string, never>>): void {}

/**
 * What of a definition can change a number, field by field: this is what run ids and definition hashes are made of. Notes of where a value
 * came from and descriptions are left out because they stand where notes stand, never because of a key's name: a member that somebody
 * called `description` inside an opaque value counts. The bytes are frozen by golden tests; another choice is a new version, with this one
 * kept to look up what was recorded under it (docs/decisions/0021-identity-has-versions.md).
 */
export function profileIdentity(resolved: ResolvedProfile, terms: LeafTerms = leafTerms): JsonObject {
  const { profile, currency, currencyTreatment, blocks, selectionMode, ...notes } = resolved;
  const {
    requested: _requested,
    aliases: _aliases,
    description: _description,
    asWritten: _asWritten,
    provenance,
    notApplied: _notApplied,
    ...rest
  } = notes;
  nothingElse(rest);
  const counted = blocksInLeafTerms(blocksAsSelected({ blocks, selectionMode, provenance }), terms);
  return { profile, currency, currencyTreatment, blocks: counted, selectionMode: selectionMode.value };
}

/** A strategy's description is a note. A sleeve's own run has always counted it, a portfolio never has. */
function withoutStrategyNotes(blocks: JsonObject): JsonObject {
  const discovery = blocks['discovery'];
  const strategies = isObject(discovery) ? discovery['strategies'] : undefined;
  if (!isObject(discovery) || !isObject(strategies)) return blocks;
  const noted = Object.entries(strategies).map(([name, strategy]) => {
    const { description: _, ...members } = strategy as JsonObject;
    return [name, members];
  });
  return { ...blocks, discovery: { ...discovery, strategies: Object.fromEntries(noted) } };
}

function blocksOfPortfolio(blocks: ResolvedProfile['blocks'], terms: LeafTerms): JsonObject {
  return withoutStrategyNotes(blocksInLeafTerms(blocks, terms));
}

/** How settings are read: under which names, and which blocks of a sleeve count. */
interface Reading {
  readonly terms: LeafTerms;
  readonly blocksOf: (profile: ResolvedProfile) => ResolvedProfile['blocks'];
}

/** Release 0.1.0 computed no selection and counted an absent `dynamic_universe` as false. */
const readInVersion1: Reading = { terms: leafTerms, blocksOf: ({ blocks }) => blocks };

/** The profile of a sleeve as its portfolio counts it: with the name that was asked for and with what decided on the selection mode. */
function profileInPortfolio(resolved: ResolvedProfile, { terms, blocksOf }: Reading): JsonObject {
  const { requested, profile, aliases, currency, currencyTreatment, blocks: _blocks, selectionMode, asWritten, ...notes } = resolved;
  const { description: _description, provenance: _provenance, notApplied: _notApplied, ...rest } = notes;
  nothingElse(rest);
  const blocks = blocksOfPortfolio(blocksOf(resolved), terms);
  return { requested, profile, aliases, currency, currencyTreatment, blocks, selectionMode, asWritten };
}

function sleeveIdentity(sleeve: AtomicNode | NestedNode, reading: Reading): JsonObject {
  if (sleeve.kind === 'nested') {
    const { id, kind, weightLimit, meta, description: _description, ...rest } = sleeve;
    nothingElse(rest);
    return { id, kind, weightLimit, meta: portfolioIdentity(meta, reading) };
  }
  const { id, kind, requested, profile, runId, weightLimit, resolved, description: _description, ...rest } = sleeve;
  nothingElse(rest);
  return { id, kind, requested, profile, runId, weightLimit, resolved: profileInPortfolio(resolved, reading) };
}

function portfolioIdentity(node: MetaNode, reading: Reading): JsonObject {
  const { terms } = reading;
  const { requested, profile, aliases, depth, currency, allocation, parity, acceptance, blocks, bounds, sleeves, ...notes } = node;
  const { description: _description, provenance: _provenance, ...rest } = notes;
  nothingElse(rest);
  const exceptions = parity.exceptions.map((exception) => ({ ...exception, path: leafOfSetting(exception.path, terms) }));
  return {
    requested,
    profile,
    aliases,
    depth,
    currency,
    allocation: membersInLeafTerms(allocation, 'meta_allocation', terms),
    parity: membersInLeafTerms({ ...parity, exceptions }, 'parity', terms),
    acceptance: membersInLeafTerms(acceptance, 'acceptance', terms),
    blocks: blocksOfPortfolio(blocks, terms),
    bounds: bounds.map(({ id, lower, upper }) => ({ id, lower, upper })),
    sleeves: sleeves.map((sleeve) => sleeveIdentity(sleeve, reading)),
  };
}

export function metaIdentity(node: MetaNode, terms: LeafTerms = leafTerms): JsonObject {
  return portfolioIdentity(node, { terms, blocksOf: blocksAsSelected });
}

/** The identity of a portfolio under every version, the newest first. */
export function metaIdentities(node: MetaNode): readonly [JsonObject, ...JsonObject[]] {
  return [metaIdentity(node), metaIdentityV1(portfolioIdentity(node, readInVersion1))];
}

/** Options of a run in leaf terms. */
export function optionsIdentity(options: object, of: 'sleeve_run' | 'meta_run', terms: LeafTerms = leafTerms): Json {
  return membersInLeafTerms(options, of, terms);
}
