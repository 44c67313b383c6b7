/**
 * The road in, by stages: split and hash; seal and pack; a real exchange that takes single-instance series from fifty
 * senders; memory with 200 series interleaved, and with one object of 2 GB.
 *
 * Prints a line of JSON a figure. The stages stand beside what node:crypto alone needs to hash and seal the same bytes in
 * the same rounds; absolute times say little on a shared machine.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFile, tags, text } from '@symbolon/dicom';
import { ctStudy, owner, startExchange } from '@symbolon/testbed';
import { instanceOf } from '../packages/server/src/intake/instance.ts';
import { readPart } from '../packages/server/src/intake/read-part.ts';
import { newStudy, openKeys } from '../packages/server/src/keys/index.ts';
import { sealPack } from '../packages/server/src/packs/index.ts';
import { ByteBudget } from '../packages/server/src/platform/byte-budget.ts';
import { cpuSeconds, limit, median, peakMiB, print } from './measure.ts';

const rounds = Number(process.env.ROUNDS ?? 7);
const seconds = Number(process.env.SECONDS ?? 10);
const senders = 50;
const chunkBytes = 65_536;
const perPack = 100;

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

const written = { put: unexpected, read: unexpected, remove: unexpected };
function unexpected(): Promise<never> {
  return Promise.reject(new Error('nothing is written in this stage'));
}

async function stages(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
  const keys = await openKeys(join(folder, 'keys'), () => new Date());
  try {
    const place = newStudy({ accountId: randomUUID(), patientId: randomUUID() });
    await keys.chains.addAccount(place.accountId);
    await keys.chains.add([place], [place]);
    const files = [...ctStudy({ seed: 1, slices: perPack })].map(({ bytes }) => new Uint8Array(bytes));
    const megabytes = files.reduce((sum, { length }) => sum + length, 0) / 1e6;
    const deps = { budget: new ByteBudget(2 ** 30), imageBlobs: written };
    const results = { limit: [] as number[], read: [] as number[], pack: [] as number[], whole: [] as number[] };
    for (let round = 0; round < rounds + 1; round++) {
      const limited = limit(files);
      const started = performance.now();
      const instances = [];
      for (const bytes of files) {
        const part = await readPart(deps, place.accountId, inChunks(bytes));
        if ('refusal' in part) throw part.refusal;
        instances.push(instanceOf(part));
        part.release();
      }
      const read = performance.now();
      await sealPack(keys.chains, { ...place, seriesId: randomUUID(), packId: randomUUID() }, instances);
      const packed = performance.now();
      // The first round loads what is loaded once.
      if (round === 0) continue;
      results.limit.push(limited);
      results.read.push((megabytes * 1000) / (read - started));
      results.pack.push((megabytes * 1000) / (packed - read));
      results.whole.push((megabytes * 1000) / (packed - started));
    }
    print('node:crypto alone: AES-256-GCM and SHA-256', median(results.limit), 'MB/s', rounds);
    print('split and hash', median(results.read), 'MB/s', rounds);
    print('seal and pack', median(results.pack), 'MB/s', rounds);
    print('split, hash, seal and pack', median(results.whole), 'MB/s', rounds);
    const ratios = results.whole.map((whole, at) => (whole / results.limit[at]!) * 100);
    print('of node:crypto alone', median(ratios), '%', rounds);
  } finally {
    keys.close();
    rmSync(folder, { recursive: true });
  }
}

type Send = (body: Iterable<Uint8Array> | Uint8Array) => Promise<number>;

function sender(url: string, ca: string, token: string, sockets: number): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, ca });
  return (body) =>
    new Promise((done, failed) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/dicom' };
      const asked = request(`${url}/dicomweb/studies`, { method: 'POST', headers, agent }, (answer) => {
        answer.resume();
        answer.on('end', () => done(answer.statusCode ?? 0));
      });
      asked.on('error', failed);
      if (body instanceof Uint8Array) asked.end(body);
      else void pour(body, asked).then(() => asked.end());
    });
}

async function pour(pieces: Iterable<Uint8Array>, asked: ReturnType<typeof request>): Promise<void> {
  for (const piece of pieces) if (!asked.write(piece)) await new Promise((next) => asked.once('drain', next));
}

/** The same small image under UIDs of its own each time; of one patient, or of another each time. */
function* newSeries(patients: 'one' | 'many'): Generator<Uint8Array> {
  const [file] = [...ctStudy({ seed: 3, slices: 1, rows: 64, columns: 64 })];
  const latin1 = Buffer.from(file!.bytes).toString('latin1');
  const uids = [file!.studyInstanceUid, file!.seriesInstanceUid, file!.sopInstanceUid];
  const patientId = text(parseFile(file!.bytes).dataset, tags.PatientID) as string;
  for (let number = 0; ; number++) {
    let changed = latin1;
    for (const uid of uids)
      changed = changed.replaceAll(
        uid,
        uid.slice(0, -8) + String((patients === 'one' ? 10_000_000 : 20_000_000) + number),
      );
    const another = `${number}`.padStart(patientId.length, '0').slice(-patientId.length);
    if (patients === 'many') changed = changed.replaceAll(patientId, another);
    yield Buffer.from(changed, 'latin1');
  }
}

async function manySenders(send: Send, patients: 'one' | 'many', pid: number, dataDir: string): Promise<void> {
  const files = newSeries(patients);
  let taken = 0;
  // A server is at its hundredth second, not at its first: what runs often is compiled by then.
  let until = performance.now() + 10_000;
  const run = async (): Promise<void> => {
    while (performance.now() < until) {
      const status = await send(files.next().value as Uint8Array);
      if (status !== 200) throw new Error(`it answered ${status}`);
      taken += 1;
    }
  };
  await Promise.all(Array.from({ length: senders }, run));
  taken = 0;
  const before = cpuSeconds(pid, dataDir);
  const started = performance.now();
  until = started + seconds * 1000;
  await Promise.all(Array.from({ length: senders }, run));
  const elapsed = (performance.now() - started) / 1000;
  const after = cpuSeconds(pid, dataDir);
  const what = `new single-instance series of ${patients} patient${patients === 'one' ? '' : 's'}`;
  print(`${what}, ${senders} senders`, taken / elapsed, 'a second', 1);
  print(`CPU of the exchange for each, ${what}`, ((after.exchange - before.exchange) * 1000) / taken, 'ms', 1);
  print(`CPU of PostgreSQL for each, ${what}`, ((after.postgres - before.postgres) * 1000) / taken, 'ms', 1);
}

function* largeObject(pixelBytes: number): Generator<Uint8Array> {
  const [file] = [...ctStudy({ seed: 5, slices: 1, rows: 16, columns: 16 })];
  const { valueStart } = parseFile(file!.bytes).pixelElements[0]!;
  const head = Buffer.from(file!.bytes.subarray(0, valueStart));
  head.writeUInt32LE(pixelBytes, valueStart - 4);
  yield head;
  const piece = Buffer.alloc(2 ** 20, 7);
  for (let at = 0; at < pixelBytes; at += piece.length) yield piece;
}

async function throughAnExchange(): Promise<void> {
  const exchange = await startExchange();
  try {
    const { token } = await owner(exchange);
    const pid = exchange.process.pid as number;
    const fifty = sender(exchange.url, exchange.ca, token, senders);
    await manySenders(fifty, 'one', pid, exchange.dataDir);
    await manySenders(fifty, 'many', pid, exchange.dataDir);
    const before = peakMiB(pid);
    const send = sender(exchange.url, exchange.ca, token, 8);
    const series = Array.from({ length: 200 }, (_, seed) =>
      ctStudy({ seed: 100 + seed, slices: 5 })[Symbol.iterator](),
    );
    for (let slice = 0; slice < 5; slice++)
      await Promise.all(series.map((one) => send((one.next().value as { bytes: Uint8Array }).bytes)));
    print('peak memory with 200 series interleaved, above what was needed before', peakMiB(pid) - before, 'MiB', 1);
    const large = peakMiB(pid);
    const gigabytes = 2;
    const cpu = cpuSeconds(pid, exchange.dataDir);
    const started = performance.now();
    const status = await send(largeObject(gigabytes * 2 ** 30 - 2 ** 20));
    if (status !== 200) throw new Error(`it answered ${status}`);
    const used = cpuSeconds(pid, exchange.dataDir);
    print('an object of 2 GB', (gigabytes * 2 ** 30) / 1e3 / (performance.now() - started), 'MB/s', 1);
    print('CPU of the exchange for it', (used.exchange - cpu.exchange) / ((gigabytes * 2 ** 30) / 1e9), 's/GB', 1);
    print('peak memory with it, above what was needed before', peakMiB(pid) - large, 'MiB', 1);
    print('peak memory altogether', peakMiB(pid), 'MiB', 1);
  } finally {
    await exchange.dispose();
  }
}

console.log(JSON.stringify({ machine: cpus()[0]?.model, cores: cpus().length, node: process.version }));
await stages();
await throughAnExchange();
