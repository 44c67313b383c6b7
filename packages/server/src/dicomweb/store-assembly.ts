import { setImmediate as turn } from 'node:timers/promises';
import { DicomError } from '@symbolon/dicom';
import { IntakeError, type NamedInstance, type PartResult, Refusal, type SentPart } from '../intake/index.ts';
import type { ByteBudget, Holding } from '../platform/byte-budget.ts';
import { fileOf, formBy, inSteps, isComplete, type Model, pixelData } from './store-build.ts';
import { BulkParts, collected } from './store-bulk.ts';
import type { BulkForm } from './store-media-types.ts';
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

type Waiting = Metadata &
  Model & {
    readonly heldBytes: number;
    /** Those of which nothing has come. With 100,000 parts nobody may look at all of them whenever one comes. */
    readonly lacking: Set<string>;
    /** Whether a part was too much to be held. */
    tooLarge: boolean;
    /** By the first part of its pixel data. */
    form?: BulkForm | undefined;
  };

/** What no file came of. */
export type Refused = { readonly refused: PartResult };

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
  readonly #limits: AssemblyLimits;
  readonly #bulk: BulkParts;
  readonly #waiting = new Set<Waiting>();
  readonly #neededBy = new Map<string, Waiting | undefined>();
  #metadataBytes = 0;
  #instances = 0;

  /** `base` is the address that relative ones are relative to. */
  constructor(budget: ByteBudget, base: string, limits: AssemblyLimits = usual) {
    this.#budget = budget;
    this.#limits = limits;
    this.#bulk = new BulkParts(base, limits.bulkBytes, this.#holding);
  }

  readonly #holding = (): Holding => {
    this.#opened ??= this.#budget.open();
    return this.#opened;
  };

  /**
   * A part of metadata, and the files that are complete with it.
   *
   * @throws IntakeError REQUEST_TOO_LARGE
   */
  async *metadata(form: 'json' | 'xml', body: AsyncIterable<Uint8Array>): AsyncGenerator<SentPart | Refused> {
    const { metadataBytes, instances } = this.#limits;
    const bytes = (await collected(body, this.#holding, (chunk) => {
      this.#metadataBytes += chunk;
      if (this.#metadataBytes > metadataBytes)
        throw new IntakeError(
          'REQUEST_TOO_LARGE',
          `A request may have ${metadataBytes / mebibyte} MiB of metadata. Send fewer instances in one, or binary values as parts of their own.`,
        );
      return chunk * modelFactor;
    })) as Uint8Array;
    let parsed: readonly unknown[];
    try {
      parsed = parsedMetadata(form, bytes);
    } catch (error) {
      this.#holding().give(bytes.length * modelFactor);
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
      this.#holding().give(heldBytes);
      yield refused(undefined, error);
      return;
    }
    const keys = new Set(read.uris.map((uri) => this.#bulk.place(uri).key));
    if (keys.size < read.uris.length || [...keys].some((key) => this.#neededBy.has(key))) {
      this.#holding().give(heldBytes);
      const why = 'Two elements name one part of bulk data. Send one for each.';
      yield refused(read.instance, new Refusal('DICOM_UNREADABLE', why));
      return;
    }
    const lacking = new Set([...keys].filter((key) => !this.#bulk.has(key)));
    const tooLarge = [...keys].some((key) => this.#bulk.of(key).some(({ bytes }) => bytes === undefined));
    const pixelUri = read.model[pixelData]?.BulkDataURI;
    const pixelKey = pixelUri === undefined ? undefined : this.#bulk.place(pixelUri).key;
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
    const { key, bytes } = await this.#bulk.add(
      location,
      headers.get('content-type') ?? 'application/octet-stream',
      body,
    );
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
      this.#bulk.forget(waiting.keys);
      yield refused(waiting.instance, new Refusal('DICOM_UNREADABLE', why));
    }
    const unnamed = 'No metadata names this part of bulk data, or another part has its Content-Location.';
    for (let left = this.#bulk.left; left > 0; left -= 1)
      yield refused(undefined, new Refusal('DICOM_UNREADABLE', unnamed));
  }

  /** What it holds of the budget now. */
  get heldBytes(): number {
    return this.#opened?.bytes ?? 0;
  }

  release(): void {
    this.#opened?.release();
  }

  /** The file of an instance, if all of it is there. */
  *#completed(waiting: Waiting): Generator<SentPart | Refused> {
    const { instance, keys, heldBytes } = waiting;
    try {
      const file = this.#fileOf(waiting);
      if (file === undefined) return;
      yield file;
    } catch (error) {
      this.#bulk.giveBack(keys);
      yield refused(instance, error);
    }
    this.#holding().give(heldBytes);
    this.#waiting.delete(waiting);
    this.#bulk.forget(keys);
    // That it was used stays known, its metadata does not.
    for (const key of keys) this.#neededBy.set(key, undefined);
  }

  /**
   * Undefined where something of it has not come.
   *
   * @throws Refusal
   */
  #fileOf(waiting: Waiting): SentPart | undefined {
    if (waiting.tooLarge) {
      const limit = `Bulk data that waits for the rest of its instance may have ${this.#limits.bulkBytes / mebibyte} MiB.`;
      throw new Refusal('INSTANCE_TOO_LARGE', `${limit} Send the instance as application/dicom.`);
    }
    if (waiting.lacking.size > 0) return undefined;
    waiting.form ??= formBy(waiting, this.#bulk);
    if (!isComplete(waiting, this.#bulk, waiting.form)) return undefined;
    const pieces = fileOf(waiting, this.#bulk, waiting.form);
    const holding = this.#holding().part(pieces.reduce((sum, { length }) => sum + length, 0));
    return { body: inSteps(pieces), isDicom: true, holding };
  }
}

function refused(instance: NamedInstance | undefined, error: unknown): Refused {
  const refusal = error instanceof DicomError ? refusalOf(error) : error;
  if (!(refusal instanceof Refusal)) throw error;
  const { code, message } = refusal;
  return { refused: { ...(instance && { instance }), refusal: { code, message } } };
}
