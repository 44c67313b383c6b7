import { setImmediate as turn } from 'node:timers/promises';
import { DicomError, type DicomJson, tags, tagText, writeFilePieces } from '@symbolon/dicom';
import { IntakeError, type NamedInstance, type PartResult, Refusal, type SentPart } from '../intake/index.ts';
import type { ByteBudget, Holding } from '../platform/byte-budget.ts';
import { type BulkForm, bulkForm, codeStream, explicitLittleEndian } from './store-media-types.ts';
import { type Metadata, metadataOf, parsedMetadata, refusalOf } from './store-metadata.ts';

/** Units: bytes, but for `instances`. */
export type AssemblyLimits = {
  /** All metadata of a request. */
  readonly metadataBytes: number;
  /** Bulk data that waits for its instance, or for the rest of it. */
  readonly bulkBytes: number;
  readonly instances: number;
};

const mebibyte = 1024 * 1024;
const usual: AssemblyLimits = { metadataBytes: 32 * mebibyte, bulkBytes: 256 * mebibyte, instances: 100_000 };

/** What metadata takes in memory once it is read: some times its text. */
const modelFactor = 8;
/** What is kept of a part beside its bytes, its Content-Location and its Content-Type. Bytes. */
const partBytes = 128;
/** All of that may be this share of what bulk data may be: 100,000 frames have room. */
const shareOfNames = 1 / 4;
/** A large file is read in such steps; in between others have their turn. Bytes. */
const stepBytes = 4 * mebibyte;

type Piece = {
  readonly bytes: Uint8Array | undefined;
  readonly nameBytes: number;
  readonly frame: number | undefined;
  readonly contentType: string;
};
type Waiting = Metadata & {
  readonly keys: ReadonlySet<string>;
  readonly pixelKey: string | undefined;
  readonly heldBytes: number;
  /** Those of which nothing has come. With 100,000 parts nobody may look at all of them whenever one comes. */
  readonly lacking: Set<string>;
  /** Whether a part was too much to be held. */
  tooLarge: boolean;
  /** By the first part of its pixel data. */
  form?: BulkForm;
};

/** What no file came of. */
export type Refused = { readonly refused: PartResult };

/** The pixel data of an instance; what lies in its sequences, such as an icon, is plain. */
const pixelData = '7FE00010';

/**
 * Makes files of metadata and bulk data that come as parts of one request, in any order (PS3.18 §10.5.2).
 *
 * Law     the file depends on what was sent and on nothing else, so that whoever sends it again finds it held already.
 *         Each part of bulk data is used once, and what it takes in memory becomes the file's.
 * Cost    memory: the metadata, and bulk data whose instance is not complete; one holding of the budget for all of it.
 */
export class Assembly {
  readonly #budget: ByteBudget;
  /** Opened when it is needed: whoever is first in line and waits for none would keep those from it who do. */
  #opened: Holding | undefined;
  readonly #base: string;
  readonly #limits: AssemblyLimits;
  readonly #waiting = new Set<Waiting>();
  readonly #neededBy = new Map<string, Waiting | undefined>();
  readonly #bulk = new Map<string, Piece[]>();
  #metadataBytes = 0;
  #bulkBytes = 0;
  #nameBytes = 0;
  #instances = 0;

  /** `base` is the address that relative ones are relative to. */
  constructor(budget: ByteBudget, base: string, limits: AssemblyLimits = usual) {
    this.#budget = budget;
    this.#base = base;
    this.#limits = limits;
  }

  /**
   * A part of metadata, and the files that are complete with it.
   *
   * @throws IntakeError REQUEST_TOO_LARGE
   */
  async *metadata(form: 'json' | 'xml', body: AsyncIterable<Uint8Array>): AsyncGenerator<SentPart | Refused> {
    const { metadataBytes, instances } = this.#limits;
    const bytes = await this.#collected(body, (chunk) => {
      this.#metadataBytes += chunk;
      if (this.#metadataBytes > metadataBytes)
        throw new IntakeError(
          'REQUEST_TOO_LARGE',
          `A request may have ${metadataBytes / mebibyte} MiB of metadata. Send fewer instances in one, or binary values as parts of their own.`,
        );
      return chunk * modelFactor;
    });
    let parsed: readonly unknown[];
    try {
      parsed = parsedMetadata(form, bytes);
    } catch (error) {
      this.#holding.give(bytes.length * modelFactor);
      yield refused(undefined, error);
      return;
    }
    this.#instances += parsed.length;
    if (this.#instances > instances)
      throw new IntakeError('REQUEST_TOO_LARGE', `A request may have ${instances} instances. Send them in several.`);
    const heldBytes = Math.floor((bytes.length * modelFactor) / parsed.length);
    for (const each of parsed) {
      await turn();
      yield* this.#read(each, heldBytes);
    }
  }

  *#read(parsed: unknown, heldBytes: number): Generator<SentPart | Refused> {
    let read: Metadata;
    try {
      read = metadataOf(parsed);
    } catch (error) {
      this.#holding.give(heldBytes);
      yield refused(undefined, error);
      return;
    }
    const keys = new Set(read.uris.map((uri) => this.#place(uri).key));
    if (keys.size < read.uris.length || [...keys].some((key) => this.#neededBy.has(key))) {
      this.#holding.give(heldBytes);
      const why = 'Two elements name one part of bulk data. Send one for each.';
      yield refused(read.instance, new Refusal('DICOM_UNREADABLE', why));
      return;
    }
    const lacking = new Set([...keys].filter((key) => !this.#bulk.has(key)));
    const tooLarge = [...keys].some((key) => this.#bulk.get(key)?.some(({ bytes }) => bytes === undefined));
    const pixelUri = read.model[pixelData]?.BulkDataURI;
    const pixelKey = pixelUri === undefined ? undefined : this.#place(pixelUri).key;
    const waiting: Waiting = { ...read, keys, pixelKey, heldBytes, lacking, tooLarge };
    this.#waiting.add(waiting);
    for (const key of keys) this.#neededBy.set(key, waiting);
    yield* this.#completed(waiting);
  }

  /** A part of bulk data, and the file that is complete with it. */
  async *bulk(
    headers: ReadonlyMap<string, string>,
    body: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<SentPart | Refused> {
    const id = headers.get('content-id');
    const location = headers.get('content-location') ?? (id && `cid:${id.replace(/^<|>$/g, '')}`);
    if (location === undefined) {
      yield* this.refuse(body, 'The part is neither metadata nor, for want of a Content-Location, bulk data.');
      return;
    }
    const { key, frame } = this.#place(copied(location));
    const contentType = copied(headers.get('content-type') ?? 'application/octet-stream');
    const { bulkBytes } = this.#limits;
    const names = partBytes + location.length + key.length + contentType.length;
    this.#nameBytes += names;
    if (this.#nameBytes > bulkBytes * shareOfNames)
      throw new IntakeError(
        'REQUEST_TOO_LARGE',
        'Too many parts of bulk data, or with too long a Content-Location, wait for their instance. Send fewer instances in one request.',
      );
    await this.#holding.take(names);
    let own = 0;
    const bytes = await this.#collected(body, (chunk) => {
      if (this.#bulkBytes + chunk > bulkBytes) return undefined;
      this.#bulkBytes += chunk;
      own += chunk;
      return chunk;
    }).catch((error: unknown) => {
      if (!(error instanceof TooMuch)) throw error;
      this.#bulkBytes -= own;
      this.#holding.give(own);
      return undefined;
    });
    const pieces = this.#bulk.get(key) ?? [];
    pieces.push({ bytes, nameBytes: names, frame, contentType });
    this.#bulk.set(key, pieces);
    const needing = this.#neededBy.get(key);
    if (!needing) return;
    needing.lacking.delete(key);
    needing.tooLarge ||= bytes === undefined;
    yield* this.#completed(needing);
  }

  /** A part that is of no use here is read to its end, and holds nothing. */
  async *refuse(body: AsyncIterable<Uint8Array>, why: string): AsyncGenerator<Refused> {
    for await (const _ of body);
    yield refused(undefined, new Refusal('DICOM_UNREADABLE', why));
  }

  /** What the request leaves incomplete, when it has ended. */
  *end(): Generator<Refused> {
    for (const waiting of this.#waiting) {
      const why =
        'DICOM_BULK_DATA_MISSING: Bulk data that its metadata names did not come, or not a part for each frame.';
      for (const key of waiting.keys) this.#bulk.delete(key);
      yield refused(waiting.instance, new Refusal('DICOM_UNREADABLE', why));
    }
    const unnamed = 'No metadata names this part of bulk data, or another part has its Content-Location.';
    for (const pieces of this.#bulk.values())
      for (const _ of pieces) yield refused(undefined, new Refusal('DICOM_UNREADABLE', unnamed));
  }

  /** What it holds of the budget now. */
  get heldBytes(): number {
    return this.#opened?.bytes ?? 0;
  }

  release(): void {
    this.#opened?.release();
  }

  get #holding(): Holding {
    this.#opened ??= this.#budget.open();
    return this.#opened;
  }

  /** Whole, in memory; `charge` says what a chunk costs, and nothing where it is too much. */
  async #collected(
    body: AsyncIterable<Uint8Array>,
    charge: (bytes: number) => number | undefined,
  ): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let tooMuch = false;
    for await (const chunk of body) {
      if (tooMuch) continue;
      const cost = charge(chunk.length);
      if (cost === undefined) {
        tooMuch = true;
        chunks.length = 0;
        continue;
      }
      await this.#holding.take(cost);
      chunks.push(chunk);
    }
    if (tooMuch) throw new TooMuch();
    return Buffer.concat(chunks);
  }

  /** One key for an address, however it is written; a frame's address is its pixel data's with `/frames/N` behind it. */
  #place(uri: string): { readonly key: string; readonly frame: number | undefined } {
    const href = URL.parse(uri, this.#base)?.href ?? uri;
    const found = /^(.*)\/frames\/(\d{1,9})$/.exec(href);
    return { key: found?.[1] ?? href, frame: found?.[2] === undefined ? undefined : Number(found[2]) };
  }

  /** The file of an instance, if all of it is there. */
  *#completed(waiting: Waiting): Generator<SentPart | Refused> {
    const { instance, keys, heldBytes } = waiting;
    try {
      const form = this.#formOf(waiting);
      if (form === undefined) return;
      yield this.#built(waiting, form);
    } catch (error) {
      for (const key of keys) for (const { bytes } of this.#bulk.get(key) ?? []) this.#holding.give(bytes?.length ?? 0);
      yield refused(instance, error);
    }
    this.#holding.give(heldBytes);
    this.#waiting.delete(waiting);
    for (const key of keys) {
      for (const { bytes, nameBytes } of this.#bulk.get(key) ?? []) {
        this.#bulkBytes -= bytes?.length ?? 0;
        this.#nameBytes -= nameBytes;
        // Its bytes went with the file.
        this.#holding.give(nameBytes);
      }
      this.#bulk.delete(key);
      // That it was used stays known, its metadata does not.
      this.#neededBy.set(key, undefined);
    }
  }

  /**
   * In what form its pixel data is, once every part has come.
   *
   * @throws Refusal
   */
  #formOf(waiting: Waiting): BulkForm | undefined {
    const { model, keys, pixelKey, lacking } = waiting;
    if (waiting.tooLarge) {
      const limit = `Bulk data that waits for the rest of its instance may have ${this.#limits.bulkBytes / mebibyte} MiB.`;
      throw new Refusal('INSTANCE_TOO_LARGE', `${limit} Send the instance as application/dicom.`);
    }
    if (lacking.size > 0) return undefined;
    const pixels = pixelKey === undefined ? undefined : this.#bulk.get(pixelKey);
    const [first] = pixels ?? [];
    let parts = 1;
    if (first) {
      waiting.form ??= bulkForm(first.contentType, encapsulatedFrame(first));
      const { encapsulated, video } = waiting.form;
      if ((encapsulated && !video) || first.frame !== undefined) parts = framesOf(model);
    }
    if (pixels && pixels.length < parts) return undefined;
    for (const key of keys) {
      const pieces = this.#bulk.get(key) ?? [];
      const most = key === pixelKey ? parts : 1;
      const numbers = pieces.flatMap(({ frame }) => frame ?? []).sort((a, b) => a - b);
      if (pieces.length > most || numbers.some((number, at) => number !== at + 1))
        throw new Refusal(
          'DICOM_UNREADABLE',
          'Parts of one Content-Location are more than, or other than, its frames.',
        );
    }
    return waiting.form ?? { transferSyntax: explicitLittleEndian, encapsulated: false, video: false };
  }

  #built({ model, keys, pixelKey }: Waiting, form: BulkForm): SentPart {
    const bulk = new Map<string, Uint8Array | readonly Uint8Array[]>();
    for (const key of keys) {
      const frames = this.#bulk.get(key)!.toSorted((a, b) => (a.frame ?? 0) - (b.frame ?? 0));
      const values = frames.map(({ bytes }) => bytes as Uint8Array);
      if (key === pixelKey && form.encapsulated) bulk.set(key, [new Uint8Array(0), ...frames.map(encapsulatedFrame)]);
      else bulk.set(key, values.length === 1 ? values[0]! : Buffer.concat(values));
    }
    const pixels = model[pixelData];
    // PS3.5 §A.4: encapsulated pixel data is OB, whatever it was.
    const written: DicomJson = pixels && form.encapsulated ? { ...model, [pixelData]: { ...pixels, vr: 'OB' } } : model;
    const { transferSyntax } = form;
    const pieces = [...writeFilePieces(written, { transferSyntax, bulkData: (uri) => bulk.get(this.#place(uri).key) })];
    const holding = this.#holding.part(pieces.reduce((sum, { length }) => sum + length, 0));
    return { body: inSteps(pieces), isDicom: true, holding };
  }
}

/** A picture as files are is made what DICOM holds; whatever names a transfer syntax as its own type does is that already. */
const encapsulatedFrame = ({ contentType, bytes }: Piece): Uint8Array =>
  /^\s*image\//i.test(contentType) ? codeStream(bytes as Uint8Array) : (bytes as Uint8Array);

/** A piece of a longer text keeps all of that in memory: here the headers of a part. */
const copied = (text: string): string => Buffer.from(text).toString();

/** Too much to be held; what came of it was thrown away. */
class TooMuch extends Error {}

function refused(instance: NamedInstance | undefined, error: unknown): Refused {
  const refusal = error instanceof DicomError ? refusalOf(error) : error;
  if (!(refusal instanceof Refusal)) throw error;
  const { code, message } = refusal;
  return { refused: { ...(instance && { instance }), refusal: { code, message } } };
}

function framesOf(model: DicomJson): number {
  const frames = Number(model[tagText(tags.NumberOfFrames)]?.Value?.[0] ?? 1);
  return Number.isInteger(frames) && frames > 0 ? frames : 1;
}

async function* inSteps(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += stepBytes) {
      if (at > 0) await turn();
      yield piece.subarray(at, at + stepBytes);
    }
  }
}
