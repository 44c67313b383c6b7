import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { Attempts, type Limits, networkOf, siteOf } from './attempts.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is counted as %s', (address, network) => expect(networkOf(address)).toBe(network));

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
  ['2001:DB8:1:ffff::6', '2001:db8:1'],
])('the site of %s is %s', (address, site) => expect(siteOf(address)).toBe(site));

describe('tries', () => {
  let watched: WatchedPostgres;
  let attempts: Attempts;
  beforeAll(async () => {
    watched = await watchedPostgres();
    attempts = new Attempts(watched.database, () => new Date());
  });
  afterAll(() => watched.stop());

  const limit = (name: string, tries: number) => ({ name, tries, windowMs: 3_600_000 });
  /** How many of so many tries are looked at. */
  const lookedAt = async (limits: Limits, tries: number): Promise<number> => {
    let looked = 0;
    for (let at = 0; at < tries; at += 1)
      await attempts.take(limits).then(
        () => (looked += 1),
        (error: unknown) => expect(error).toMatchObject({ code: 'ACCESS_TOO_MANY_TRIES' }),
      );
    return looked;
  };

  test('that are past one’s own limit use nothing up of what is there for all', async () => {
    const all = limit('of one building', 6);
    expect(await lookedAt({ own: limit('of one there', 2), all }, 20)).toBe(2);
    expect(await lookedAt({ own: limit('of another there', 5), all }, 20)).toBe(4);
    // Now all is used up, whoever comes.
    expect(await lookedAt({ own: limit('of a third there', 5), all }, 3)).toBe(0);
  });

  test('nor do those that are past a limit beside it', async () => {
    const all = limit('of another building', 6);
    const others = [limit('of one everywhere', 2)];
    expect(await lookedAt({ own: limit('of one in that', 10), all, others }, 10)).toBe(2);
    expect(await lookedAt({ own: limit('of another in that', 10), all }, 10)).toBe(4);
  });
});
