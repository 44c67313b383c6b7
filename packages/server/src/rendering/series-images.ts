import { setImmediate } from 'node:timers/promises';
import type { Image } from '@symbolon/contract';
import { type DicomFile, isDeflatedWhole, texts } from '@symbolon/dicom';
import { PixelsError, representativeFrame } from '@symbolon/pixels';
import { isCurrent, type Manifest, type ManifestInstance, type StoredPack, walkPacks } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { type OpenSeries, type OpenStudy, SearchTokens, type StudiesDeps } from '../studies/index.ts';
import type { Erasures } from './erasures.ts';
import { describe, headerOf, maxInflatedBytes, refusalOf } from './image-header.ts';
import { type FoundInstance, imageIdOf } from './image-id.ts';
import { inOrder, type Placed } from './image-order.ts';
import { isLight } from './light-frame.ts';
import { squareSize } from './shown-size.ts';

export type SeriesImage = Placed & {
  readonly image: Image;
  readonly sopInstanceUid: string;
  /** The frame that stands for all of them, counted from 1. */
  readonly representative: number;
  /** Whether it is there to plan other images, or shows a screen. */
  readonly beside: boolean;
  /** Whether its pictures, as they are mostly asked for, need no worker. */
  readonly isLight: boolean;
};

const imageType = 0x00080008;
/** Values of Image Type that say so. Source: PS3.3 §C.7.6.1.1.2, §C.8.2.1.1.1. */
const besideTypes: ReadonlySet<string> = new Set(['LOCALIZER', 'SCREEN SAVE', 'SCREENSAVE']);

/** So much a described image takes, about, and so much each of its windows. Bytes. */
const imageBytes = 1_000;
const windowBytes = 300;
/** For so long others wait while headers are read. Milliseconds. */
const stretchMs = 8;
/** What of data sets deflated whole is inflated for one request and, so that every list of it is the same, for one pack. */
export const inflatedOfRequest = 512 * 1024 * 1024;
const inflatedOfPack = 256 * 1024 * 1024;

/** Lets others go on, where it has been this one's turn for long enough. */
export function stretches(ms: number): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < ms) return;
    await setImmediate();
    began = performance.now();
  };
}

/** Bytes that may yet be inflated. */
export type Inflating = { left: number };

/** The images of series, described from their headers alone. Kept by pack: what it holds is never changed; which of it is current is asked anew. */
export class SeriesImages {
  readonly #ofPacks = new BoundedCache<readonly SeriesImage[]>(32 * 1024 * 1024);
  readonly #underWay = new Map<string, Promise<readonly SeriesImage[]>>();
  readonly #erasures: Erasures;

  constructor(erasures: Erasures) {
    this.#erasures = erasures;
  }

  /** All of a series, in the order in which they are looked at. One pack at a time is in memory. */
  async list(deps: StudiesDeps, study: OpenStudy, series: OpenSeries): Promise<readonly SeriesImage[]> {
    const name = nameOf(study, series);
    const listing = this.#list(deps, study, series);
    this.#underWay.set(name, listing);
    try {
      return await listing;
    } finally {
      if (this.#underWay.get(name) === listing) this.#underWay.delete(name);
    }
  }

  /** The list that somebody else is waiting for, or one anew. What arrived since that began may be missing. */
  underWay(deps: StudiesDeps, study: OpenStudy, series: OpenSeries): Promise<readonly SeriesImage[]> {
    return this.#underWay.get(nameOf(study, series)) ?? this.list(deps, study, series);
  }

  async #list(deps: StudiesDeps, study: OpenStudy, series: OpenSeries): Promise<readonly SeriesImage[]> {
    const tokens = await SearchTokens.of(deps.chains, study.place.accountId);
    const where = { studyId: study.row.id, seriesId: series.row.id };
    const images: SeriesImage[] = [];
    const inflating = { left: inflatedOfRequest };
    const pause = stretches(stretchMs);
    for await (const packs of walkPacks(deps.database, study.place.accountId, where)) {
      for (const pack of packs) {
        const described =
          this.#ofPacks.get(pack.packId) ?? (await this.#describe(deps, tokens, pack, inflating, pause));
        for (const [position, image] of described.entries()) if (isCurrent(pack, position)) images.push(image);
        await pause();
      }
    }
    return inOrder(images);
  }

  /** Whether an image is known to be light, by a list that was made of it; of one that is there in two versions, both are. */
  knowsLight({ pack, instance }: FoundInstance): boolean {
    const { sopInstanceUid } = instance;
    const images = this.#ofPacks.get(pack.packId)?.filter((one) => one.sopInstanceUid === sopInstanceUid) ?? [];
    return images.length > 0 && images.every(({ isLight, image }) => isLight && image.refusal === null);
  }

  /** Gives up what is known of packs that were erased. */
  forget(packIds: ReadonlySet<string>): void {
    for (const id of packIds) this.#ofPacks.delete(id);
  }

  async #describe(
    { reader }: StudiesDeps,
    tokens: SearchTokens,
    pack: StoredPack,
    ofRequest: Inflating,
    pause: () => Promise<void>,
  ): Promise<readonly SeriesImage[]> {
    const still = this.#erasures.since();
    const [manifest] = (await reader.manifests([pack])) as [Manifest];
    const [half] = (await reader.identityHalves([pack])) as [Uint8Array];
    const spent = ofRequest.left <= 0;
    const most = spent ? 0 : inflatedOfPack;
    const inflating = { left: most };
    const images: SeriesImage[] = [];
    for (const instance of manifest.instances) {
      const identity = half.subarray(instance.identityAt, instance.identityAt + instance.identityBytes);
      images.push(describeImage(identity, instance, imageIdOf(tokens, instance.sopInstanceUid), inflating));
      await pause();
    }
    ofRequest.left -= most - inflating.left;
    // What is refused for the sake of this request alone, another may describe.
    const whole = !spent || !manifest.instances.some(({ transferSyntax }) => isDeflatedWhole(transferSyntax));
    if (whole && still())
      this.#ofPacks.set(
        pack.packId,
        images,
        images.reduce((sum, { image }) => sum + bytesOf(image), 0),
      );
    return images;
  }
}

const nameOf = ({ place }: OpenStudy, { row }: OpenSeries): string => `${place.accountId} ${place.studyId} ${row.id}`;

const bytesOf = ({ windows }: Image): number => imageBytes + windowBytes * windows.length;

const unshown = {
  number: null,
  frames: 0,
  rows: 0,
  columns: 0,
  colour: false,
  windows: [],
  unit: '',
  spacing: null,
  frameMs: null,
  lossy: false,
} as const;

/** The picture as it is shown: rows, columns and spacing are those of square pixels, whatever the stored ones are. */
export function describeImage(
  identityHalf: Uint8Array,
  instance: ManifestInstance,
  id: string,
  inflating: Inflating,
): SeriesImage {
  const { sopInstanceUid } = instance;
  try {
    const header = inflatedHeader(identityHalf, instance, inflating);
    const { model, frames } = describe(header, instance);
    const { width, height } = squareSize(model);
    const [transform] = model.transforms.distinct;
    const side = model.spacing && Math.min(...model.spacing);
    const image: Image = {
      id,
      number: model.number,
      frames,
      rows: height,
      columns: width,
      colour: model.colour,
      windows: model.colour
        ? []
        : (transform?.windows ?? []).map(({ name, center, width }) => ({ name, center, width })),
      unit: model.colour ? '' : (transform?.unit ?? ''),
      spacing: side === null ? null : [side, side],
      frameMs: model.cine?.frameMs ?? null,
      lossy: model.lossy,
      refusal: null,
    };
    const { number, position, orientation } = model;
    const representative = representativeFrame(model, frames) + 1;
    const beside = texts(header.dataset, imageType).some((type) => besideTypes.has(type));
    const light = isLight(model, false, { shown: { width, height }, format: 'jpeg' });
    return { image, sopInstanceUid, number, position, orientation, representative, beside, isLight: light };
  } catch (error) {
    const image: Image = { ...unshown, windows: [], id, refusal: refusalOf(error) };
    const unplaced = { number: null, position: null, orientation: null };
    return { image, sopInstanceUid, ...unplaced, representative: 1, beside: false, isLight: true };
  }
}

/** @throws PixelsError PIXELS_TOO_LARGE  more would be inflated than may be; DicomError  it cannot be read */
export function inflatedHeader(identityHalf: Uint8Array, instance: ManifestInstance, inflating: Inflating): DicomFile {
  if (!isDeflatedWhole(instance.transferSyntax)) return headerOf(identityHalf, instance);
  if (inflating.left <= 0)
    throw new PixelsError(
      'PIXELS_TOO_LARGE',
      'Too much of this series is compressed whole to be looked at. The file is whole and can be downloaded.',
    );
  const most = Math.min(maxInflatedBytes, inflating.left);
  try {
    const header = headerOf(identityHalf, instance, most);
    inflating.left -= header.dataset.bytes.length;
    return header;
  } catch (error) {
    // It was inflated as far as it may be, or nobody knows how far.
    inflating.left -= most;
    throw error;
  }
}
