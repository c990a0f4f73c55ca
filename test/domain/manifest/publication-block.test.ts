import { describe, expect, test } from '@jest/globals';
import {
  expectedBySchema,
  publicationBlockSchema,
  publicationDefaults,
  publicationPolicySchema,
  quorumSchema,
} from '../../../domain/manifest/publication-block.ts';

const day = 24 * 60 * 60;
const accepts = (setting: object): boolean => publicationBlockSchema.safeParse(setting).success;

describe('the settings of a publication', () => {
  test.each<[string, readonly unknown[], readonly unknown[]]>([
    ['coalescing_window_seconds', [0, 1, 31 * day], [-1, 0.5, 31 * day + 1, '1', null]],
    ['cool_down_seconds', [0, 1, 31 * day], [-1, 0.5, 31 * day + 1, '1', null]],
    ['no_trade_band_two_sided', [0, 0.01, 2, 5], [-0.001, '0', null]],
    ['max_turnover_two_sided', [0, 0.01, 2, null], [-0.001, '0']],
    ['maker_checker', [true, false], ['true', 1, null]],
    ['on_acceptance_fail', ['hold', 'publish'], ['Hold', '', null]],
    ['quorum', ['all_at_same_as_of', { at_least: 1, max_staleness_sessions: 0 }], ['all', '', null, {}]],
    ['whatever', [], [1]],
  ])('%s may be %j and may not be %j', (key, allowed, refused) => {
    for (const value of allowed) expect([key, value, accepts({ [key]: value })]).toEqual([key, value, true]);
    for (const value of refused) expect([key, value, accepts({ [key]: value })]).toEqual([key, value, false]);
  });

  test('may all be missing in a manifest, and none in a policy', () => {
    expect(publicationBlockSchema.parse({})).toEqual({});
    expect(publicationPolicySchema.parse(publicationDefaults)).toEqual(publicationDefaults);
    for (const key of Object.keys(publicationDefaults))
      expect(publicationPolicySchema.safeParse({ ...publicationDefaults, [key]: undefined }).success).toBe(false);
  });
});

describe('a quorum', () => {
  test.each([
    { at_least: 0, max_staleness_sessions: 0 },
    { at_least: 1.5, max_staleness_sessions: 0 },
    { at_least: 1, max_staleness_sessions: -1 },
    { at_least: 1, max_staleness_sessions: 0.5 },
    { at_least: 1, max_staleness_sessions: 0, of: 3 },
    { at_least: 1 },
  ])('is not %j', (quorum) => {
    expect(quorumSchema.safeParse(quorum).success).toBe(false);
  });
});

describe('when a result is due', () => {
  const due = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' };

  test.each(['00:00', '09:59', '10:00', '19:59', '20:00', '23:59'])('may be at %s', (time) => {
    expect(expectedBySchema.parse({ ...due, time })).toEqual({ ...due, time });
  });

  test.each(['24:00', '23:60', '9:30', '18:3', '18.30', '18:30:00', ' 18:30', '118:30', '18:300', ''])('may not be at %j', (time) => {
    expect(expectedBySchema.safeParse({ ...due, time }).error?.issues.map(({ message, path }) => [message, path])).toEqual([
      ['must be a time such as 18:30', ['time']],
    ]);
  });

  test.each(['UTC', 'Europe/Zurich', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'America/Port-au-Prince'])('may be in %s', (zone) => {
    expect(expectedBySchema.parse({ ...due, zone })).toEqual({ ...due, zone });
  });

  test.each(['', '/UTC', 'UTC/', 'Europe//Zurich', 'New York', ' UTC', '../UTC', 'UTC\n'])('may not be in %j', (zone) => {
    expect(expectedBySchema.safeParse({ ...due, zone }).error?.issues.map(({ message, path }) => [message, path])).toEqual([
      ['must be a zone such as America/New_York', ['zone']],
    ]);
  });

  test('is on a calendar, up to a week after the session', () => {
    for (const calendar of ['XNYS', 'XCRY']) expect(expectedBySchema.safeParse({ ...due, calendar }).success).toBe(true);
    expect(expectedBySchema.safeParse({ ...due, calendar: 'XLON' }).success).toBe(false);
    for (const days of [0, 1, 7]) expect(expectedBySchema.parse({ ...due, days_after: days })).toEqual({ ...due, days_after: days });
    for (const days of [-1, 8, 0.5, null]) expect(expectedBySchema.safeParse({ ...due, days_after: days }).success).toBe(false);
    expect(expectedBySchema.safeParse({ ...due, at: 'x' }).success).toBe(false);
  });
});
