import type { Image } from '@symbolon/contract';
import { type Manifest, type ManifestInstance, packsOf, type StoredPack } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { type OpenSeries, type OpenStudy, SearchTokens, type StudiesDeps } from '../studies/index.ts';
import { describe, headerOf, refusalOf } from './image-header.ts';
import { imageIdOf } from './image-id.ts';
import { inOrder, type Placed } from './image-order.ts';
import { squareSize } from './shown-size.ts';

export type SeriesImage = Placed & { readonly image: Image; readonly sopInstanceUid: string };

const packsPerPage = 16;
/** So much a described image takes, about. Bytes. */
const imageBytes = 1_000;

/** The images of series, described from their headers alone. Kept by pack: a pack is never changed. */
export class SeriesImages {
  readonly #ofPacks = new BoundedCache<readonly SeriesImage[]>(32 * 1024 * 1024);

  /** All of a series, in the order in which they are looked at. */
  async list(deps: StudiesDeps, study: OpenStudy, series: OpenSeries): Promise<readonly SeriesImage[]> {
    const tokens = await SearchTokens.of(deps.chains, study.place.accountId);
    const where = { studyId: study.row.id, seriesId: series.row.id };
    const images: SeriesImage[] = [];
    for (let after = -1; ; ) {
      const packs = await packsOf(deps.database, study.place.accountId, where, { after, limit: packsPerPage });
      for (const described of await this.#describeAll(deps, tokens, packs)) images.push(...described);
      if (packs.length < packsPerPage) return inOrder(images);
      after = packs.at(-1)?.ordinal ?? after;
    }
  }

  async #describeAll(
    { reader }: StudiesDeps,
    tokens: SearchTokens,
    packs: readonly StoredPack[],
  ): Promise<(readonly SeriesImage[])[]> {
    const known = packs.map(({ packId }) => this.#ofPacks.get(packId));
    const missing = packs.filter((_, at) => known[at] === undefined);
    const manifests = await reader.manifests(missing);
    const halves = await reader.identityHalves(missing);
    const described = new Map(
      missing.map((pack, at) => {
        const half = halves[at] as Uint8Array;
        const images = (manifests[at] as Manifest).instances.map((instance) => {
          const identity = half.subarray(instance.identityAt, instance.identityAt + instance.identityBytes);
          return describeImage(identity, instance, imageIdOf(tokens, instance.sopInstanceUid));
        });
        this.#ofPacks.set(pack.packId, images, images.length * imageBytes);
        return [pack.packId, images] as const;
      }),
    );
    return packs.map(({ packId }, at) => known[at] ?? described.get(packId) ?? []);
  }
}

const unshown = {
  number: null,
  frames: 0,
  rows: 0,
  columns: 0,
  colour: false,
  windows: [],
  unit: '',
  spacing: null,
  lossy: false,
} as const;

/** The picture as it is shown: rows, columns and spacing are those of square pixels, whatever the stored ones are. */
function describeImage(identityHalf: Uint8Array, instance: ManifestInstance, id: string): SeriesImage {
  const { sopInstanceUid } = instance;
  try {
    const { model, frames } = describe(headerOf(identityHalf, instance), instance);
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
      lossy: model.lossy,
      refusal: null,
    };
    return { image, sopInstanceUid, number: model.number, position: model.position, orientation: model.orientation };
  } catch (error) {
    const image: Image = { ...unshown, windows: [], id, refusal: refusalOf(error) };
    return { image, sopInstanceUid, number: null, position: null, orientation: null };
  }
}
