/**
 * Packs written anew: what compressing pixel data gains and costs, beside HTJ2K and gzip, on real images; what compaction does to
 * rows, objects and bytes; how fast it is; and what it costs those who read meanwhile.
 *
 * Prints a line of JSON a figure. The first part needs the corpus (SYMBOLON_CORPUS), and takes frames of its CT, MR, NM and US
 * that were stored without loss, each once.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { parseFile } from '@symbolon/dicom';
import { ctStudy, type Exchange, type Owner, owner, realFiles, startExchange } from '@symbolon/testbed';
import { fromPlanes, type Prediction, toPlanes } from '../packages/pixels/src/index.ts';
import { openFile } from '../packages/pixels/src/open-file.fixture.ts';
import { cpuSeconds, median, peakMiB, percentile, print } from './measure.ts';

const instances = Number(process.env.INSTANCES ?? 1_000);
const lossless = /^1\.2\.840\.10008\.1\.2(\.1|\.2|\.5|\.4\.57|\.4\.70|\.4\.80|\.4\.90)?$/;

type Frame = {
  readonly bytes: Uint8Array;
  readonly wordBytes: 1 | 2;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly signed: boolean;
};

/** Frames by modality, as they are stored natively. */
async function realFrames(): Promise<Map<string, Frame[]>> {
  const seen = new Set<string>();
  const found = new Map<string, Frame[]>();
  for (const { path } of realFiles()) {
    try {
      const raw = readFileSync(path);
      const file = await openFile(new Uint8Array(raw));
      if (raw.length < 40_000 || !lossless.test(file.transferSyntax)) continue;
      const modality =
        Buffer.from(raw)
          .toString('latin1')
          .match(/\x08\x00\x60\x00(?:CS..|....)([A-Z]{2})/s)?.[1] ?? '';
      if (!['CT', 'MR', 'CR', 'US', 'NM'].includes(modality)) continue;
      for (let at = 0; at < Math.min(4, file.frames); at++) {
        const { words, rows, columns, samples, signed } = await file.frame(at);
        if (!(words instanceof Uint8Array) && !(words instanceof Uint16Array)) continue;
        const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength).slice();
        const digest = createHash('sha256').update(bytes).digest('hex');
        if (seen.has(digest)) continue;
        seen.add(digest);
        const frame = { bytes, wordBytes: words.BYTES_PER_ELEMENT as 1 | 2, rows, columns, samples, signed };
        found.set(modality, [...(found.get(modality) ?? []), frame]);
      }
    } catch {
      // Whatever cannot be shown says nothing here.
    }
  }
  return found;
}

type Codec = {
  readonly name: string;
  pack(frame: Frame): Uint8Array;
  open(frame: Frame, packed: Uint8Array): Uint8Array;
};

const zstd = (bytes: Uint8Array, level: number): Uint8Array =>
  zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    chunkSize: Math.max(4096, bytes.length),
  });
const unzstd = (bytes: Uint8Array, length: number): Uint8Array =>
  zstdDecompressSync(bytes, { maxOutputLength: length, chunkSize: length });

const gridOf = ({ wordBytes, samples, columns }: Frame) => ({
  wordBytes,
  bigEndian: false,
  across: samples,
  row: columns * samples,
});

const planes = (prediction: Prediction, level: number): Codec => ({
  name: `planes${prediction === 'none' ? '' : ` by ${prediction}`}, zstd ${level}`,
  pack: (frame) => zstd(toPlanes(frame.bytes, gridOf(frame), prediction), level),
  open: (frame, packed) => fromPlanes(unzstd(packed, frame.bytes.length), gridOf(frame), prediction),
});
const gzip = (level: number): Codec => ({
  name: `gzip ${level}`,
  pack: ({ bytes }) => gzipSync(bytes, { level }),
  open: (_, packed) => gunzipSync(packed),
});
const alone = (level: number): Codec => ({
  name: `zstd ${level}`,
  pack: ({ bytes }) => zstd(bytes, level),
  open: (frame, packed) => unzstd(packed, frame.bytes.length),
});

/** What the exchange takes: the smallest of its methods. */
const smallest: Codec = {
  name: 'the smallest of planes, by average and by gradient, zstd 1',
  pack: (frame) =>
    (['none', 'average', 'gradient'] as const)
      .map((prediction) => planes(prediction, 1).pack(frame))
      .reduce((least, packed) => (packed.length < least.length ? packed : least)),
  open: (frame) => frame.bytes,
};

type Codecs = Readonly<
  Record<'HTJ2KEncoder' | 'HTJ2KDecoder', new () => Record<string, (...given: unknown[]) => never>>
>;

async function htj2k(): Promise<Codec> {
  const source = (await import('@cornerstonejs/codec-openjph/wasmjs' as string)) as {
    default(settings: object): Promise<Codecs>;
  };
  const module = await source.default({ print: () => {}, printErr: () => {} });
  return {
    name: 'HTJ2K (OpenJPH, WebAssembly)',
    pack({ bytes, wordBytes, rows, columns, samples, signed }) {
      const encoder = new module.HTJ2KEncoder();
      const shape = { width: columns, height: rows, bitsPerSample: 8 * wordBytes, componentCount: samples };
      const buffer: Uint8Array = encoder.getDecodedBuffer!({
        ...shape,
        isSigned: signed,
        isUsingColorTransform: samples === 3,
      });
      buffer.set(bytes);
      encoder.setQuality!(true, 0);
      encoder.encode!();
      const packed = (encoder.getEncodedBuffer!() as Uint8Array).slice();
      encoder.delete!();
      return packed;
    },
    open(_, packed) {
      const decoder = new module.HTJ2KDecoder();
      (decoder.getEncodedBuffer!(packed.length) as Uint8Array).set(packed);
      decoder.decode!();
      const bytes = (decoder.getDecodedBuffer!() as Uint8Array).slice();
      decoder.delete!();
      return bytes;
    },
  };
}

async function codecs(): Promise<void> {
  const frames = await realFrames();
  const all = [
    gzip(1),
    gzip(6),
    alone(1),
    alone(3),
    ...[1, 3, 9].flatMap((level) => (['none', 'average', 'gradient'] as const).map((how) => planes(how, level))),
    await htj2k(),
    smallest,
  ];
  for (const [modality, some] of frames) {
    const bytes = some.reduce((sum, frame) => sum + frame.bytes.length, 0);
    print(`${modality}: frames`, some.length, 'frames', 1);
    print(`${modality}: bytes`, bytes / 1e6, 'MB', 1);
    for (const codec of all) {
      const [packing, opening]: number[][] = [[], []];
      let packed: Uint8Array[] = [];
      for (let round = 0; round < 4; round++) {
        let started = performance.now();
        packed = some.map((frame) => codec.pack(frame));
        packing!.push(bytes / 1e3 / (performance.now() - started));
        started = performance.now();
        const opened = some.map((frame, at) => codec.open(frame, packed[at]!));
        opening!.push(bytes / 1e3 / (performance.now() - started));
        if (opened.some((back, at) => Buffer.compare(back, some[at]!.bytes) !== 0))
          throw new Error(`${codec.name} is not exact`);
      }
      const stored = packed.reduce((sum, { length }) => sum + length, 0);
      print(`${modality}, ${codec.name}: ratio`, bytes / stored, ':1', some.length);
      print(`${modality}, ${codec.name}: packing`, median(packing!), 'MB/s', 4);
      if (codec !== smallest) print(`${modality}, ${codec.name}: opening`, median(opening!), 'MB/s', 4);
    }
  }
}

class Client {
  readonly #agent: Agent;
  readonly #exchange: Exchange;
  readonly #me: Owner;

  constructor(exchange: Exchange, me: Owner) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ca: exchange.ca });
    this.#exchange = exchange;
    this.#me = me;
  }

  ask(method: string, path: string, type?: string, body?: Uint8Array): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.#me.token}`, ...(type && { 'content-type': type }) };
    return new Promise((done, failed) => {
      const asked = request(`${this.#exchange.url}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () =>
          answer.statusCode === 200 || answer.statusCode === 202
            ? done(Buffer.concat(pieces))
            : failed(new Error(`${path} answered ${answer.statusCode}`)),
        );
      });
      asked.on('error', failed);
      asked.end(body);
    });
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    const sent = body && Buffer.from(JSON.stringify(body));
    return JSON.parse((await this.ask(method, path, sent && 'application/json', sent)).toString('utf8')) as T;
  }
}

type State = {
  due: number;
  toCompress: number;
  joined: number;
  rewrites: number;
  storedBefore: number;
  storedAfter: number;
};
const compaction = '/api/v1/storage/compaction';

function objectsIn(exchange: Exchange): { objects: number; bytes: number } {
  const files = readdirSync(join(exchange.dataDir, 'images'), { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map((file) => statSync(join(file.parentPath, file.name)).size);
  return { objects: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

type Reading = { readonly instance: number[]; readonly frame: number[] };

/** One reader of instances and one of rendered frames, each with a pause as people make them, until told to stop. */
function reading(client: Client, paths: { instances: string[]; frames: string[] }): () => Promise<Reading> {
  let on = true;
  const times: Reading = { instance: [], frame: [] };
  const run = async (of: string[], into: number[]) => {
    for (let at = 0; on; at = (at + 7) % of.length) {
      const started = performance.now();
      await client.ask('GET', of[at]!);
      into.push(performance.now() - started);
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  const both = Promise.all([run(paths.instances, times.instance), run(paths.frames, times.frame)]);
  return async () => {
    on = false;
    await both;
    return times;
  };
}

function printReading(when: string, { instance, frame }: Reading): void {
  for (const [what, times] of [
    ['an instance', instance],
    ['a rendered frame', frame],
  ] as const) {
    print(`${what}, ${when}: p50`, percentile(times, 0.5), 'ms', times.length);
    print(`${what}, ${when}: p95`, percentile(times, 0.95), 'ms', times.length);
  }
}

async function throughAnExchange(compression: 'on' | 'off'): Promise<void> {
  const done = compression === 'on' ? 'joined and compressed' : 'joined';
  const exchange = await startExchange({ env: { SYMBOLON_COMPRESSION: compression } });
  try {
    const me = await owner(exchange);
    const client = new Client(exchange, me);
    const pid = exchange.process.pid as number;
    const read = { instances: [] as string[], frames: [] as string[] };
    const studies = Math.max(1, Math.round(instances / 200));
    for (let study = 0; study < studies; study++) {
      const files = [...ctStudy({ seed: 900 + study, slices: 200, rows: 256, columns: 256 })];
      for (const { bytes } of files) await client.ask('POST', '/dicomweb/studies', 'application/dicom', bytes);
      const { studyInstanceUid, seriesInstanceUid } = files[0]!;
      for (const { sopInstanceUid } of files.slice(0, 40))
        read.instances.push(
          `/dicomweb/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`,
        );
      const found = await client.json<{ studies: { id: string }[] }>('POST', '/api/v1/studies/find', {
        studyInstanceUid,
      });
      const { id } = found.studies[0]!;
      const facts = await client.json<{ series: { id: string }[] }>('GET', `/api/v1/studies/${id}`);
      for (const series of facts.series) {
        const { images } = await client.json<{ images: { id: string }[] }>(
          'GET',
          `/api/v1/studies/${id}/series/${series.id}/images`,
        );
        for (const image of images.slice(0, 40)) read.frames.push(`/api/v1/studies/${id}/images/${image.id}/frames/1`);
      }
    }
    const before = objectsIn(exchange);
    const sent = studies * 200;
    const per = (value: number) => (value * 10_000) / sent;
    print('rows and objects, of 10,000 instances sent one by one', per(before.objects), 'objects', 1);
    print('bytes in the image store, of 10,000 instances', per(before.bytes) / 1e9, 'GB', 1);
    const whole = async () => {
      const [study] = /studies\/[^/]+/.exec(read.instances[0]!)!;
      const times: number[] = [];
      for (let round = 0; round < 7; round++) {
        const started = performance.now();
        const { length } = await client.ask('GET', `/dicomweb/${study}`);
        times.push(length / 1e3 / (performance.now() - started));
      }
      return median(times);
    };
    const quiet = reading(client, read);
    await new Promise((next) => setTimeout(next, 8_000));
    printReading('nothing else going on', await quiet());
    print('a series of single packs as one answer', await whole(), 'MB/s', 7);
    const cpu = cpuSeconds(pid, exchange.dataDir);
    const busy = reading(client, read);
    const started = performance.now();
    await client.json('POST', compaction);
    let state: State;
    do {
      await new Promise((next) => setTimeout(next, 100));
      state = await client.json<State>('GET', compaction);
    } while (state.due > 0 || state.toCompress > 0);
    const seconds = (performance.now() - started) / 1000;
    const times = await busy();
    const used = cpuSeconds(pid, exchange.dataDir);
    printReading(`while packs are ${done}`, times);
    print(`${done}, readers included`, before.bytes / 1e6 / seconds, 'MB/s', 1);
    print(
      `CPU of the exchange for it, readers included`,
      (used.exchange - cpu.exchange) / (before.bytes / 1e9),
      's/GB',
      1,
    );
    const after = reading(client, read);
    await new Promise((next) => setTimeout(next, 8_000));
    printReading(`${done}`, await after());
    print(`a series ${done} as one answer`, await whole(), 'MB/s', 7);
    const stored = state.storedAfter > 0 ? state.storedAfter : before.bytes;
    print(`rows and objects, of 10,000 instances, ${done}`, per(state.rewrites), 'rows', 1);
    print(`bytes in the image store, of 10,000 instances, ${done}`, per(stored) / 1e9, 'GB', 1);
    print('peak memory of the exchange', peakMiB(pid), 'MiB', 1);
  } finally {
    await exchange.dispose();
  }
}

function* largeObject(pixelBytes: number): Generator<Uint8Array> {
  const [file] = [...ctStudy({ seed: 5, slices: 1, rows: 2048, columns: 2048 })];
  const { valueStart } = parseFile(file!.bytes).pixelElements[0]!;
  const head = Buffer.from(file!.bytes.subarray(0, valueStart));
  head.writeUInt32LE(pixelBytes, valueStart - 4);
  yield head;
  const frame = file!.bytes.subarray(valueStart, valueStart + 2 ** 23);
  for (let at = 0; at < pixelBytes; at += frame.length) yield frame;
}

async function oneLargeObject(mebibytes: number): Promise<void> {
  const exchange = await startExchange({ env: { SYMBOLON_COMPRESSION: 'on' } });
  try {
    const client = new Client(exchange, await owner(exchange));
    const pid = exchange.process.pid as number;
    const body = Buffer.concat([...largeObject(mebibytes * 2 ** 20)]);
    await client.ask('POST', '/dicomweb/studies', 'application/dicom', body);
    const peak = peakMiB(pid);
    const started = performance.now();
    await client.json('POST', compaction);
    let state: State;
    do {
      await new Promise((next) => setTimeout(next, 200));
      state = await client.json<State>('GET', compaction);
    } while (state.due > 0 || state.toCompress > 0);
    const seconds = (performance.now() - started) / 1000;
    print(`one object of ${mebibytes} MiB compressed`, (mebibytes * 1.048576) / seconds, 'MB/s', 1);
    print('what is left of it', (100 * state.storedAfter) / state.storedBefore, '%', 1);
    print('peak memory for it, above what was needed to take it', peakMiB(pid) - peak, 'MiB', 1);
  } finally {
    await exchange.dispose();
  }
}

console.log(JSON.stringify({ machine: cpus()[0]?.model, cores: cpus().length, node: process.version }));
const wanted = process.env.PART;
if (wanted === undefined || wanted === 'codecs') await codecs();
if (wanted === undefined || wanted === 'exchange')
  for (const compression of ['off', 'on'] as const) await throughAnExchange(compression);
if (wanted === undefined || wanted === 'large') await oneLargeObject(Number(process.env.MEBIBYTES ?? 1024));
