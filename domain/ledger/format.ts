import { domainStreamPrefixes } from '../audit/streams.ts';
import { catalogue } from '../catalogue.ts';
import { documents } from '../documents/documents.ts';
import { identityVersion } from '../manifest/identity-version.ts';
import { artifactVersions } from '../shared/artifact-chunks.ts';
import type { LedgerFormat } from '../shared/ledger-events.ts';
import { byCodeUnits } from '../shared/order.ts';

type Versions = Readonly<Record<string, number>>;

function versionsOf(kinds: Readonly<Record<string, { readonly version: number }>>): Versions {
  return Object.fromEntries(Object.entries(kinds).map(([name, { version }]) => [name, version]));
}

/** What this build writes, and the most that it can read. */
export const formatOfBuild: LedgerFormat = {
  streams: domainStreamPrefixes,
  events: versionsOf(catalogue),
  documents: { ...versionsOf(documents), ...artifactVersions },
  identityVersion,
};

/** 0 for what a format does not know. */
function versionIn(versions: Versions, name: string): number {
  return Object.hasOwn(versions, name) ? versions[name]! : 0;
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted(byCodeUnits);

function newestOf(left: Versions, right: Versions): Versions {
  const names = sorted([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries(names.map((name) => [name, Math.max(versionIn(left, name), versionIn(right, name))]));
}

/** The least format that has whatever either has. */
export function unionOf(left: LedgerFormat, right: LedgerFormat): LedgerFormat {
  return {
    streams: sorted([...left.streams, ...right.streams]),
    events: newestOf(left.events, right.events),
    documents: newestOf(left.documents, right.documents),
    identityVersion: Math.max(left.identityVersion, right.identityVersion),
  };
}

function newerIn(what: string, versions: Versions, than: Versions): string[] {
  return sorted(Object.keys(versions))
    .filter((name) => versionIn(versions, name) > versionIn(than, name))
    .map((name) => `${what} ${name} version ${versionIn(versions, name)}`);
}

/** What a format has and another lacks, in words; empty when the other can do everything that the format names. */
export function formatDifference(format: LedgerFormat, other: LedgerFormat): readonly string[] {
  return [
    ...sorted(format.streams)
      .filter((stream) => !other.streams.includes(stream))
      .map((stream) => (stream.endsWith('-') ? `streams ${stream}...` : `stream ${stream}`)),
    ...newerIn('event', format.events, other.events),
    ...newerIn('document', format.documents, other.documents),
    ...(format.identityVersion > other.identityVersion ? [`identity version ${format.identityVersion}`] : []),
  ];
}

/** A ledger's format beside that of a build. */
export interface FormatComparison {
  readonly recorded: LedgerFormat;
  readonly build: LedgerFormat;
  /** What the ledger may hold and the build does not know: it writes and seals nothing. */
  readonly lacking: readonly string[];
  /** What the next write by the build adds to the ledger's format. */
  readonly gaining: readonly string[];
}

export function compared(recorded: LedgerFormat): FormatComparison {
  return {
    recorded,
    build: formatOfBuild,
    lacking: formatDifference(recorded, formatOfBuild),
    gaining: formatDifference(formatOfBuild, recorded),
  };
}

/** The format to record when a build goes beyond the recorded one; null when it does not. */
export function raisedFormat(recorded: LedgerFormat, build: LedgerFormat): LedgerFormat | null {
  return formatDifference(build, recorded).length === 0 ? null : unionOf(recorded, build);
}
