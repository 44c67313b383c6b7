import { setTimeout as pause } from 'node:timers/promises';
import {
  type Exchange,
  multiframeStudy,
  type NetworkedStores,
  type Owner,
  owner,
  peerIsHere,
  postgres15,
  type SyntheticFile,
  startExchange,
  startNetworkedStores,
  swiftPeer,
} from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type S3Road, s3Road } from '../../packages/server/src/platform/blobs/s3-road.testing.ts';
import { ask } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf } from './folder-of.ts';
import { loadOf, storeOnce, until } from './load-of.ts';

const drill = process.env.SYMBOLON_DRILL !== undefined;
const kills = drill ? 20 : 2;
const awayMs = drill ? 60_000 : 3_000;

/** The exchange on OpenStack Swift and Debian's PostgreSQL 15: both are other programs, and go and come as they like. */
const title = `on ${swiftPeer.package} and ${postgres15.package}`;
describe.skipIf(!peerIsHere(swiftPeer) || !peerIsHere(postgres15))(title, () => {
  let stores: NetworkedStores;
  /** To the images; on it things can be kept from arriving. */
  let road: S3Road;
  let exchange: Exchange;
  let me: Owner;
  /** All that was acknowledged by any of these tests. */
  const acknowledged: SyntheticFile[] = [];

  beforeAll(async () => {
    stores = await startNetworkedStores();
    road = await s3Road(stores.swift.endpoint);
    const images = `s3:${road.endpoint}/symbolon?path-style=true`;
    exchange = await startExchange({ env: { ...stores.env, SYMBOLON_BLOBS: images } });
    me = await owner(exchange);
  });
  afterAll(async () => {
    await exchange?.dispose();
    await road?.close();
    await stores?.dispose();
  });

  test(`kill -9 at ${kills} moments under load loses nothing that was acknowledged`, async () => {
    for (let at = 0; at < kills; at += 1) {
      const load = loadOf(exchange, me, 10_000 * (at + 1));
      // The moment wanders through the work of a commit as the machine has it.
      await until(() => load.counts.taken >= 8 + 3 * at, 'a start');
      // Each second time nothing that is put from now on arrives: what is said yes to before the store did is lost then.
      if (at % 2 === 1) {
        const seen = road.seen.length;
        road.befall({ what: 'say nothing' }, { method: 'PUT', times: 1000 });
        await until(() => road.seen.indexOf('PUT', seen) >= 0, 'an object on its way');
        await pause(300);
      }
      await exchange.kill9();
      road.calm();
      await load.end();
      acknowledged.push(...load.acknowledged);
      await exchange.restart();
      expect(await heldOf(load.acknowledged)).toEqual(digests(load.acknowledged));
      for (const study of studiesOf(load.refused))
        expect(await storeOnce(exchange, me, study)).toMatchObject({ status: 200 });
      acknowledged.push(...load.refused);
    }
  }, 600_000);

  test(`Swift is away for ${awayMs / 1000} s under load: it is said so, and all goes on alone`, async () => {
    const load = loadOf(exchange, me, 500_000);
    await until(() => load.counts.taken >= 10, 'a start');
    // Nothing of this one is in memory.
    const [early] = acknowledged as [SyntheticFile];
    // Its image half is written as it comes, in parts.
    const large = multiframeStudy({ seed: 7, frames: 45, rows: 512, columns: 512 }).next().value as SyntheticFile;
    expect(large.bytes.length).toBeGreaterThan(33 * 1024 * 1024);
    const back = performance.now() + awayMs;
    await stores.swift.stop();
    expect(await storeOnce(exchange, me, [large])).toMatchObject({ status: 503, code: 'BLOBS_UNAVAILABLE', taken: [] });
    await until(() => load.counts.refused >= 4 && performance.now() > back, 'refusals', awayMs + 60_000);
    expect((await ask(exchange, '/healthz')).status).toBe(200);
    const file = { accept: 'application/dicom; transfer-syntax=*' };
    const study = { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
    for (const [path, headers] of [
      ['/readyz', {}],
      [pathOf(early), file],
      [pathOf(early), study],
    ] as const) {
      const answer = await ask(exchange, path, { ...me, headers });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(answer.json()).toMatchObject({ code: 'BLOBS_UNAVAILABLE' });
    }
    const { taken } = load.counts;
    await stores.swift.start();
    await until(() => load.counts.taken >= taken + 8, 'an end of refusals');
    await load.end();
    expect(load.refusals).toEqual(new Set(['503 BLOBS_UNAVAILABLE']));
    expect(await heldOf(load.acknowledged)).toEqual(digests(load.acknowledged));
    for (const study of [...studiesOf(load.refused), [large]])
      expect(await storeOnce(exchange, me, study)).toMatchObject({ status: 200 });
    acknowledged.push(...load.acknowledged, ...load.refused, large);
    expect((await ask(exchange, '/readyz')).status).toBe(200);
  }, 300_000);

  test('after one more kill all of it is there, once and byte for byte, and of each pack an object', async () => {
    await exchange.kill9();
    await exchange.restart();
    expect(await heldOf(acknowledged)).toEqual(digests(acknowledged));
    for (const file of acknowledged) {
      const { status, body } = await ask(exchange, pathOf(file), {
        token: me.token,
        headers: { accept: 'application/dicom; transfer-syntax=*' },
      });
      expect([status, digestOf(body)]).toEqual([200, digestOf(file.bytes)]);
    }
    const usage = await ask(exchange, '/api/v1/usage', me);
    const bytes = acknowledged.reduce((sum, file) => sum + file.bytes.length, 0);
    expect(usage.json()).toMatchObject({ instances: acknowledged.length, bytes });

    const swept = await ask(exchange, '/api/v1/storage/sweeps', { token: me.token, json: { dryRun: true } });
    const { looked, young, orphans } = swept.json() as { looked: number; young: number; orphans: { count: number } };
    const packs = await inDatabaseOf(exchange, (database) => database.selectFrom('packs').select('id').execute());
    // What the kills left is not a day old.
    expect(looked - young).toBe(packs.length);
    expect(orphans.count).toBe(0);
    // Their disks are not ours to watch.
    const storage = await ask(exchange, '/api/v1/storage', me);
    expect((storage.json() as { places: { name: string }[] }).places.map(({ name }) => name)).toEqual(['keys']);
    expect(await exchange.stop()).toBe(0);
    expect(exchange.output()).toMatch(/Images +http:\/\/127\.0\.0\.1:\d+\/symbolon\/ \(answers\)/);
    expect(exchange.output()).not.toContain(stores.env.AWS_SECRET_ACCESS_KEY);
  }, 300_000);

  test('with another’s key it does not start, and says what to do', async () => {
    const starting = startExchange({ env: { ...stores.env, AWS_SECRET_ACCESS_KEY: 'another' } });
    await expect(starting).rejects.toThrow(/SYMBOLON_BLOBS: .* refuses the credentials .*Check AWS_ACCESS_KEY_ID/);
  }, 120_000);

  const heldOf = async (files: readonly SyntheticFile[]): Promise<string[]> => {
    const sha256 = files.map(({ bytes }) => digestOf(bytes));
    const answer = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256 } });
    expect(answer.status).toBe(200);
    return (answer.json() as { held: string[] }).held.sort();
  };
});

const digests = (files: readonly SyntheticFile[]): string[] => files.map(({ bytes }) => digestOf(bytes)).sort();

const studiesOf = (files: readonly SyntheticFile[]): Iterable<SyntheticFile[]> =>
  Map.groupBy(files, ({ studyInstanceUid }) => studyInstanceUid).values();

const pathOf = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: SyntheticFile): string =>
  `/dicomweb/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
