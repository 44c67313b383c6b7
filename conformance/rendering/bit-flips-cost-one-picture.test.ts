import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFile } from '../../packages/pixels/src/open-file.fixture.ts';
import { RenderingError } from '../../packages/server/src/rendering/errors.ts';
import type { FrameJob } from '../../packages/server/src/rendering/frame-job.ts';
import { RenderPool } from '../../packages/server/src/rendering/render-pool.ts';
import { squareSize, within } from '../../packages/server/src/rendering/shown-size.ts';
import { realFiles } from '../../packages/testbed/src/index.ts';

/** Of each codec so many damaged streams: a handful in the suite, many in a drill. */
const rounds = process.env.SYMBOLON_DRILL === '1' ? 600 : 24;
/** How much larger this process may be after all of it than after half of it. Bytes. */
const mostGrowth = 96 * 1024 * 1024;

const codecs: Readonly<Record<string, RegExp>> = {
  'JPEG of 8 bits': /\.4\.50$/,
  'JPEG of 12 bits': /\.4\.51$/,
  'lossless JPEG': /\.4\.(57|70)$/,
  'JPEG-LS': /\.4\.8[01]$/,
  'JPEG 2000': /\.4\.9[01]$/,
  HTJ2K: /\.4\.20[123]$/,
  RLE: /\.1\.2\.5$/,
  'deflated image frame': /\.1\.2\.8\.1$/,
};

type Source = { readonly name: string; job(bytes?: Uint8Array): FrameJob; readonly bytes: Uint8Array };
/** Before there are tests: which of them there can be depends on it. */
const sources = new Map<string, Source[]>();
for (const { path, name } of realFiles()) {
  const raw = readFileSync(path);
  if (raw.length > 400_000) continue;
  // What is not even a file whose frames can be found says nothing of decoders.
  const file = await openFile(new Uint8Array(raw)).catch(() => undefined);
  const codec = file && Object.keys(codecs).find((one) => codecs[one]!.test(file.transferSyntax));
  if (!file || !codec) continue;
  const known = sources.get(codec) ?? [];
  if (known.length >= 4) continue;
  const encoded = await file.encoded(0).catch(() => undefined);
  if (encoded && encoded.bytes.length > 200) known.push(sourceOf(name, file, encoded));
  sources.set(codec, known);
}
/** What whoever looks at whole ones saw before anything was damaged. */
const shown: { readonly source: Source; readonly picture: Uint8Array }[] = [];
let pool: RenderPool;
const never = new AbortController().signal;

beforeAll(async () => {
  pool = new RenderPool({ workers: 2, jobMs: 10_000 });
  for (const source of [...sources.values()].flat()) {
    const made = await ask(source.job(), 'other').catch(() => undefined);
    if (made) shown.push({ source, picture: made.picture.bytes });
  }
}, 60_000);
afterAll(() => pool?.close());

type Opened = Awaited<ReturnType<typeof openFile>>;

function sourceOf(name: string, { model }: Opened, frame: Awaited<ReturnType<Opened['encoded']>>): Source {
  const job = (bytes = frame.bytes): FrameJob => ({
    source: { kind: 'encoded', frame: { ...frame, bytes: new Uint8Array(bytes) } },
    keep: false,
    isLight: false,
    picture: model,
    transform: model.transforms.distinct[0]!,
    look: {},
    encoding: { shown: within(squareSize(model), 256), format: 'jpeg', quality: 90 },
  });
  return { name, job, bytes: frame.bytes };
}

/** Always the same numbers, from 0 up to 1. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bits turned, bytes set, a piece doubled or left out: half of the time in the beginning, where what is said of sizes stands. */
function damaged(bytes: Uint8Array, next: () => number): Uint8Array {
  const power = next() < 0.5 ? 1 : 4;
  const at = (most = bytes.length) => Math.floor(next() ** power * most);
  const copy = bytes.slice();
  for (let n = 1 + Math.floor(next() * 6); n > 0; n -= 1) copy[at()]! ^= 1 << Math.floor(next() * 8);
  const kind = next();
  if (kind < 0.1) return copy.subarray(0, at());
  if (kind < 0.2) copy.fill(next() < 0.5 ? 0 : 255, at(), at());
  else if (kind < 0.3) copy.copyWithin(at(), at(), at());
  return copy;
}

const ask = (job: FrameJob, who: string) => pool.render(async () => job, never, who);

describe('a damaged stream costs at most its own picture', () => {
  test('there are streams of every codec to damage', () => {
    const missing = Object.keys(codecs).filter((codec) => !sources.get(codec)?.length);
    // Debian's pydicom has no HTJ2K and no JPEG of 12 bits: those are of the corpus.
    expect(missing.filter((codec) => !['HTJ2K', 'JPEG of 12 bits', 'deflated image frame'].includes(codec))).toEqual(
      [],
    );
  });

  // Without a corpus there are no streams of some: of these there is no test.
  for (const [codec, ofCodec] of sources) {
    test(`of ${codec}: a picture or a reason in words, and whoever looks at others sees what they saw before`, async () => {
      const next = numbersFrom(codec.length);
      const wholes = new Map(shown.map(({ source, picture }) => [source, picture]));
      expect(ofCodec.some((source) => wholes.has(source))).toBe(true);
      /** Streams that were shown while they were whole, and are not, or not so, now. */
      let spoilt = 0;
      let early = 0;
      for (let round = 0; round < rounds; round += 1) {
        const source = ofCodec[round % ofCodec.length]!;
        const whole = wholes.get(source);
        const bad = ask(source.job(damaged(source.bytes, next)), 'one').then(
          ({ picture }) => {
            if (whole && !Buffer.from(picture.bytes).equals(whole)) spoilt += 1;
          },
          (error: unknown) => {
            expect(error, source.name).toBeInstanceOf(RenderingError);
            expect(error).toMatchObject({ code: 'PIXELS_NOT_RENDERABLE' });
            if (whole) spoilt += 1;
          },
        );
        const other = shown[round % shown.length]!;
        const good = ask(other.source.job(), 'other').then(({ picture }) => {
          expect(Buffer.from(picture.bytes).equals(other.picture), other.source.name).toBe(true);
        });
        await Promise.all([bad, good]);
        if (round === Math.floor(rounds / 2)) early = process.memoryUsage().rss;
      }
      const grown = process.memoryUsage().rss - early;
      // The damage reaches the decoder.
      expect(spoilt).toBeGreaterThan(0);
      expect(grown).toBeLessThan(mostGrowth);
    }, 600_000);
  }
});
