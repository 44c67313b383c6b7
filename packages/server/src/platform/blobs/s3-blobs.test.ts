import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { peerIsHere, type Swift, startSwift, swiftPeer } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { S3Place } from './blob-place.ts';
import { blobStoreSuite } from './blob-store.suite.ts';
import type { BlobError, ListedBlobStore } from './blob-store.ts';
import { areOnePlace, openBlobs } from './open-blobs.ts';
import { again, retrying } from './retrying.ts';
import { s3Blobs } from './s3-blobs.ts';
import { s3Client } from './s3-client.ts';
import { type Mishap, type S3Road, s3Road } from './s3-road.testing.ts';

const mib = 1024 * 1024;
const atOnce = { tries: 3, firstDelayMs: 1, maxDelayMs: 1, sleep: async () => {}, random: () => 0 };
const untilTomorrow = () => new Date(Date.now() + 86_400_000);

describe.skipIf(!peerIsHere(swiftPeer))(`against OpenStack Swift (${swiftPeer.package})`, () => {
  let swift: Swift;
  let road: S3Road;
  let direct: S3Place;

  beforeAll(async () => {
    swift = await startSwift();
    await swift.makeBucket('images');
    Object.assign(process.env, swift.credentials);
    road = await s3Road(swift.endpoint);
    direct = placeAt(swift.endpoint);
  });
  afterAll(async () => {
    await road?.close();
    await swift?.dispose();
  });

  const placeAt = (endpoint: string, prefix = 'some/where/'): S3Place => ({
    ...{ kind: 's3', endpoint, bucket: 'images', prefix, region: 'us-east-1', pathStyle: true },
  });
  const open = (place = direct): ListedBlobStore => s3Blobs(s3Client(place), place, again(atOnce));
  const onTheRoad = (): ListedBlobStore => open(placeAt(road.endpoint));

  blobStoreSuite('s3:', () => open(), { many: 40 });

  test('a stream of several parts is one object, seen when it is whole', async () => {
    const [id, bytes, store] = [randomUUID(), randomBytes(12 * mib + 345), open()];
    await store.put(id, pieces(bytes, 700_001));
    const { bytes: length } = await store.facts(id);
    expect(length).toBe(bytes.length);
    expect(digest(await store.read(id, 0, length))).toBe(digest(bytes));
    const across = [5 * mib - 10, 5 * mib + 10] as const;
    expect(digest(await store.read(id, ...across))).toBe(digest(bytes.subarray(...across)));
    await store.remove(id);
    await expect(store.facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    expect(await store.unfinished(untilTomorrow(), 'count')).toEqual({ count: 0, bytes: 0 });
  });

  test('a stream that is exactly so many parts is whole, too', async () => {
    const [id, bytes, store] = [randomUUID(), randomBytes(10 * mib), open()];
    await store.put(id, pieces(bytes, 5 * mib));
    expect(digest(await store.read(id, 0, bytes.length))).toBe(digest(bytes));
  });

  test('a stream that breaks off within its third part leaves nothing', async () => {
    const [id, store, hungUp] = [randomUUID(), open(), new Error('the sender hung up')];
    const broken = (async function* () {
      yield* pieces(randomBytes(11 * mib), mib);
      throw hungUp;
    })();
    await expect(store.put(id, broken)).rejects.toBe(hungUp);
    await expect(store.facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    expect(await store.unfinished(untilTomorrow(), 'count')).toEqual({ count: 0, bytes: 0 });
  });

  test('what an exchange that was killed left of a stream is told and taken away by its age', async () => {
    const [client, object] = [s3Client(direct), { Bucket: direct.bucket, Key: `${direct.prefix}${randomUUID()}` }];
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: randomBytes(1000) }));
    const store = open();
    expect(await store.unfinished(new Date(Date.now() - 3_600_000), 'remove')).toEqual({ count: 0, bytes: 0 });
    for (const what of ['count', 'remove'] as const)
      expect(await store.unfinished(untilTomorrow(), what)).toEqual({ count: 1, bytes: 1000 });
    expect(await store.unfinished(untilTomorrow(), 'count')).toEqual({ count: 0, bytes: 0 });
  });

  test('an object whose upload is still on record is not taken away with that record', async () => {
    const [client, id, part] = [s3Client(direct), randomUUID(), randomBytes(1000)];
    const object = { Bucket: direct.bucket, Key: `${direct.prefix}${id}` };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    const { ETag } = await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: part }));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
    // Swift writes the object, and forgets the upload after that: as a proxy leaves it that ends between the two.
    await swift.makeObject('images+segments', `${object.Key}/${UploadId}`);
    const store = open();
    expect(await store.unfinished(untilTomorrow(), 'remove')).toEqual({ count: 0, bytes: 0 });
    expect(digest(await store.read(id, 0, part.length))).toBe(digest(part));
    // Nothing is left of it once the object was removed.
    await store.remove(id);
    expect(await store.unfinished(untilTomorrow(), 'remove')).toMatchObject({ count: 1 });
    expect(await store.unfinished(untilTomorrow(), 'count')).toEqual({ count: 0, bytes: 0 });
  });

  test('one place by two names is known as one, and another prefix, bucket or server is not', async () => {
    const byName = `http://localhost:${swift.port}`;
    const at = (endpoint: string, prefix: string, bucket = 'images') => ({ ...placeAt(endpoint, prefix), bucket });
    const here = at(swift.endpoint, 'a/');
    await swift.makeBucket('others');
    expect(await areOnePlace(here, at(byName, 'a/'))).toBe(true);
    expect(await areOnePlace(here, at(byName, 'a/b/'))).toBe(true);
    expect(await areOnePlace(at(byName, ''), here)).toBe(true);
    expect(await areOnePlace(here, at(byName, 'b/'))).toBe(false);
    expect(await areOnePlace(here, at(byName, 'a/', 'others'))).toBe(false);
    for await (const names of open(here).list()) expect(names).toEqual([]);
  });

  test('names are listed page by page, and what lies under other prefixes is not among them', async () => {
    const place = placeAt(swift.endpoint, 'paged/');
    const store = s3Blobs(s3Client(place), place, again(atOnce), 3);
    const ids = Array.from({ length: 7 }, () => randomUUID()).sort();
    const others = ['', 'pagee/', 'paged/further/'].map((prefix) => open(placeAt(swift.endpoint, prefix)));
    await Promise.all([...ids.map((id) => store.put(id, [])), ...others.map((other) => other.put(randomUUID(), []))]);
    const pages: string[][] = [];
    for await (const page of store.list()) pages.push([...page]);
    expect(pages.flat()).toEqual(ids);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  const answers: readonly [status: number, code: string, read: string, write: string][] = [
    [500, 'InternalError', 'BLOB_READ_FAILED', 'BLOB_WRITE_FAILED'],
    [503, 'SlowDown', 'BLOB_READ_FAILED', 'BLOB_WRITE_FAILED'],
    [403, 'SignatureDoesNotMatch', 'BLOB_READ_FAILED', 'BLOB_WRITE_FAILED'],
    [404, 'NoSuchBucket', 'BLOB_READ_FAILED', 'BLOB_WRITE_FAILED'],
    [404, 'NoSuchKey', 'BLOB_MISSING', 'BLOB_WRITE_FAILED'],
    [507, 'InsufficientStorage', 'BLOB_READ_FAILED', 'BLOB_STORE_FULL'],
    [403, 'QuotaExceeded', 'BLOB_READ_FAILED', 'BLOB_STORE_FULL'],
    [413, 'EntityTooLarge', 'BLOB_READ_FAILED', 'BLOB_STORE_FULL'],
  ];
  test.each(answers)('%i %s is %s to a reader and %s to a writer', async (status, code, read, write) => {
    const store = onTheRoad();
    const mishap = { what: 'answer', status, code } as const;
    road.befall(mishap, { method: 'GET' });
    const failed = await store.read(randomUUID(), 0, 1).catch((error: BlobError) => error);
    expect(failed).toMatchObject({ code: read, cause: { name: 'S3Trouble', status, code } });
    road.befall(mishap, { method: 'PUT' });
    await expect(store.put(randomUUID(), [randomBytes(10)])).rejects.toMatchObject({ code: write });
    road.befall(mishap, { method: 'PUT', times: 3 });
    await expect(store.put(randomUUID(), pieces(randomBytes(10), 5))).rejects.toMatchObject({ code: write });
    road.calm();
  });

  test('listing, facts and removing say that the store failed, and not that nothing is there', async () => {
    const [store, id] = [onTheRoad(), randomUUID()];
    await store.put(id, [randomBytes(10)]);
    const mishap: Mishap = { what: 'answer', status: 503, code: 'SlowDown' };
    road.befall(mishap);
    await expect(store.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    road.befall(mishap);
    await expect(store.facts(id)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    road.befall(mishap);
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
    road.befall(mishap);
    await expect(store.unfinished(new Date(), 'count')).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    expect(await store.read(id, 0, 10)).toHaveLength(10);
  });

  test.each([
    { what: 'cut', after: 60_000 },
    { what: 'shorten', by: 1 },
    { what: 'forget the range' },
    { what: 'lose the answer' },
  ] satisfies Mishap[])('bytes that are fewer or others than asked for reach nobody: $what', async (mishap) => {
    const [store, id, bytes] = [onTheRoad(), randomUUID(), randomBytes(100_000)];
    await store.put(id, [bytes]);
    road.befall(mishap, { method: 'GET' });
    await expect(store.read(id, 1, 90_000)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    road.befall(mishap, { method: 'GET' });
    expect(digest(await retrying(store, atOnce).read(id, 1, 90_000))).toBe(digest(bytes.subarray(1, 90_000)));
  });

  test('a server that says nothing is waited for as long as was agreed', async () => {
    const place = placeAt(road.endpoint);
    const store = s3Blobs(s3Client(place, { connect: 300, idle: 300 }), place, again(atOnce));
    road.befall({ what: 'say nothing' });
    await expect(store.read(randomUUID(), 0, 1)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
  });

  test.each([1000, 12 * mib])('a bit that turned on the way is refused by the server, of %i bytes', async (length) => {
    const [store, id, bytes] = [onTheRoad(), randomUUID(), randomBytes(length)];
    const [word, method] = [length > mib ? 'partNumber=2' : '', 'PUT'];
    const sent = () => (length > mib ? pieces(bytes, mib) : [bytes]);
    road.befall({ what: 'flip a bit' }, { method, word, times: length > mib ? 3 : 1 });
    await expect(store.put(id, sent())).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
    await expect(store.facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    road.befall({ what: 'flip a bit' }, { method, word });
    await retrying(store, atOnce).put(id, sent());
    expect(digest(await store.read(id, 0, length))).toBe(digest(bytes));
  });

  test('an object whose acknowledgement was lost is written anew by who tries again, and by nobody else', async () => {
    const [store, id] = [onTheRoad(), randomUUID()];
    road.befall({ what: 'lose the answer' }, { method: 'PUT' });
    await expect(store.put(id, [Buffer.from('mine')])).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
    await expect(onTheRoad().put(id, [Buffer.from('other')])).rejects.toMatchObject({ code: 'BLOB_EXISTS' });
    await store.put(id, [Buffer.from('mine')]);
    expect(Buffer.from(await store.read(id, 0, 4)).toString()).toBe('mine');
    await expect(store.put(id, [Buffer.from('again')])).rejects.toMatchObject({ code: 'BLOB_EXISTS' });
  });

  test('a stream whose last acknowledgement was lost counts as written', async () => {
    const [store, id, bytes] = [onTheRoad(), randomUUID(), randomBytes(6 * mib)];
    // Amazon's knows no upload any more that was completed; Swift would complete it again.
    const unknown = { what: 'answer', status: 404, code: 'NoSuchUpload' } as const;
    road.befall([{ what: 'lose the answer' }, unknown, unknown], { method: 'POST', word: 'uploadId=' });
    await store.put(id, pieces(bytes, mib));
    expect(digest(await open().read(id, 0, bytes.length))).toBe(digest(bytes));
  });

  test('a signal stops a whole object on its way, and a stream between its parts', async () => {
    const store = onTheRoad();
    for (const [object, method] of [
      [[randomBytes(1000)], 'PUT'],
      [pieces(randomBytes(12 * mib), mib), 'POST'],
    ] as const) {
      const [id, stop] = [randomUUID(), new AbortController()];
      road.befall({ what: 'say nothing' }, { method });
      const putting = store.put(id, object, stop.signal);
      const seen = road.seen.length;
      await expect.poll(() => road.seen.slice(seen), { timeout: 20_000 }).toContain(method);
      stop.abort();
      await expect(putting).rejects.toMatchObject({ code: 'BLOB_STOPPED' });
      await expect(open().facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    }
  });

  test('more streams than there may be are told to come again', async () => {
    const [store, stop] = [open(), new AbortController()];
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const waiting = Array.from({ length: 32 }, () =>
      store.put(randomUUID(), silent, stop.signal).catch(() => 'stopped'),
    );
    await expect(store.put(randomUUID(), silent)).rejects.toMatchObject({ code: 'BLOB_STORE_BUSY' });
    stop.abort();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['stopped']));
    await store.put(randomUUID(), pieces(randomBytes(10), 5));
  });

  test('a store that cannot be used says what to do, and never with what key', async () => {
    const closed = await s3Road(swift.endpoint);
    await closed.close();
    for (const [place, says] of [
      [{ ...direct, bucket: 'not-there' }, /the bucket not-there is not at http.*Make it/],
      [placeAt(closed.endpoint), /does not answer \(ECONNREFUSED\).*Check the address/],
    ] as const)
      await expect(openBlobs(place)).rejects.toThrow(says);
    process.env.AWS_SECRET_ACCESS_KEY = 'a wrong one';
    try {
      const failed = await openBlobs(direct).catch((error: Error) => error);
      expect(String(failed)).toMatch(/refuses the credentials.*SignatureDoesNotMatch.*Check AWS_ACCESS_KEY_ID/);
      expect(String(failed)).not.toMatch(/a wrong one|test:tester/);
      const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
      Object.assign(process.env, nowhere, { AWS_EC2_METADATA_DISABLED: 'true' });
      delete process.env.AWS_ACCESS_KEY_ID;
      await expect(openBlobs(direct)).rejects.toThrow(/there are no credentials for .*Set AWS_ACCESS_KEY_ID/);
    } finally {
      Object.assign(process.env, swift.credentials);
    }
  });

  test('Swift is killed and started again: it is said to fail meanwhile, and then holds and takes as before', async () => {
    const [{ store, check, close }, id] = [await openBlobs(direct), randomUUID()];
    await store.put(id, [Buffer.from('before')]);
    await swift.stop();
    await expect(store.read(id, 0, 6)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    await expect(store.put(randomUUID(), [Buffer.from('x')])).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
    await expect(store.put(randomUUID(), pieces(randomBytes(9), 3))).rejects.toMatchObject({
      code: 'BLOB_WRITE_FAILED',
    });
    await expect(check()).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    const starting = swift.start();
    // Tried again for as long as it takes: nothing has to be opened anew.
    while ((await store.put(randomUUID(), [Buffer.from('x')]).catch(() => 'away')) === 'away') await pause(50);
    await starting;
    expect(Buffer.from(await store.read(id, 0, 6)).toString()).toBe('before');
    await expect
      .poll(
        () =>
          check().then(
            () => 'well',
            () => 'away',
          ),
        { timeout: 20_000 },
      )
      .toBe('well');
    close();
  });
});

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* pieces(bytes: Uint8Array, each: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += each) yield bytes.subarray(at, at + each);
}
