import { refusePickle } from './byte-cursor.ts';
import { describeValue, isMade, isNode, originOf, type PickleValue } from './values.ts';

/** Names of UTC in the database of time zones. */
const utcNames: ReadonlySet<string> = new Set(
  ['UTC', 'UCT', 'Universal', 'Zulu', 'GMT', 'GMT0', 'GMT+0', 'GMT-0', 'Greenwich'].flatMap((name) => [name, `Etc/${name}`]),
);

const isText = (value: PickleValue | undefined): value is string => typeof value === 'string';

/** The name of a zone that zoneinfo, pytz or dateutil would have made; null for one without a name. */
function zoneName(zone: PickleValue): string | null {
  if (isMade(zone, 'pytzUtc')) return 'UTC';
  const delta = isMade(zone, 'timezone') ? zone.args[0] : undefined;
  if (isMade(delta, 'timedelta') && delta.args.every((part) => part === 0)) return 'UTC';
  if (!isNode(zone, 'foreign')) return null;
  const { name, args } = zone;
  if (/^dateutil\.tz\.\w+\.tzutc$/.test(name)) return 'UTC';
  if (name === 'zoneinfo.ZoneInfo._unpickle' || name === 'pytz._p') return args?.find(isText) ?? null;
  // dateutil names the file that it read, or its key.
  if (name.startsWith('dateutil.tz.')) return /(?:^|zoneinfo\/)([A-Za-z]\w*(?:\/\w+)*)$/.exec(args?.find(isText) ?? '')?.[1] ?? null;
  return null;
}

/** Refuses dates of another zone than UTC: their midnights are other instants, and whose day one is would need a rule. */
export function requireUtc(zone: PickleValue | undefined, file: string): void {
  if (zone === undefined || zone === null) return;
  const name = zoneName(zone);
  if (name !== null && utcNames.has(name)) return;
  const advice =
    "convert the index in pandas before it is written: index.tz_localize(None) keeps its days, index.tz_convert('UTC') its instants";
  refusePickle(file, `dates in the time zone ${name ?? describeValue(zone)} are not read; ${advice}`, originOf(zone));
}
