import { readFileSync } from 'node:fs';
import { DicomError } from '@symbolon/dicom';
import { PixelsError, type PixelsErrorCode, type Raster, transformOfFrame } from '@symbolon/pixels';
import { type OpenFile, openFile, storedValues } from '../../packages/pixels/src/open-file.fixture.ts';
import { type BitmapPicture, pictureByDcmtk } from './dcmtk-picture.ts';

/** What became of one frame of one file. Units: levels of 255; frames counted from 1. */
export type Compared = {
  readonly file: string;
  readonly frame: number;
  readonly transferSyntax: string;
  readonly outcome:
    | { readonly kind: 'near' | 'far'; readonly mean: number; readonly most: number; readonly padding: number }
    | { readonly kind: 'other size' }
    | { readonly kind: 'none here'; readonly code: PixelsErrorCode }
    | { readonly kind: 'none there'; readonly why: string };
};

/** So far apart two pictures of one frame may be: lossy codecs round, and so do windows. */
const nearMean = 1;
const nearMost = 3;

const sharedFunctionalGroups = 0x52009229;

/** A file that holds an image, or the reason why it shows none here; undefined where it holds none or is refused as DICOM. */
export async function openImage(path: string): Promise<OpenFile | PixelsError | undefined> {
  try {
    return await openFile(new Uint8Array(readFileSync(path)));
  } catch (error) {
    if (error instanceof DicomError || (error instanceof PixelsError && error.code === 'PIXELS_MISSING'))
      return undefined;
    if (error instanceof PixelsError) return error;
    throw error;
  }
}

/** Compares the first frame of a file and, of several, the middle one with what DCMTK shows. */
export async function comparePictures(folder: string, file: string, path: string): Promise<Compared[]> {
  const image = await openImage(path);
  if (image === undefined) return [];
  if (image instanceof PixelsError)
    return [{ file, frame: 1, transferSyntax: '', outcome: { kind: 'none here', code: image.code } }];
  const { transferSyntax } = image;
  const compared: Compared[] = [];
  for (const frame of new Set([1, Math.floor(image.frames / 2) + 1]))
    compared.push({ file, frame, transferSyntax, outcome: await outcomeOf(folder, path, image, frame) });
  return compared;
}

async function outcomeOf(folder: string, path: string, image: OpenFile, frame: number): Promise<Compared['outcome']> {
  let ours: Raster;
  try {
    ours = await image.show(frame - 1);
  } catch (error) {
    if (!(error instanceof PixelsError)) throw error;
    return { kind: 'none here', code: error.code };
  }
  const theirs = await pictureByDcmtk(folder, path, image.transferSyntax, frame, windowFor(image, frame, ours));
  if (typeof theirs === 'string') return { kind: 'none there', why: theirs };
  if (theirs.width !== ours.width || theirs.height !== ours.height || theirs.channels !== ours.channels)
    return { kind: 'other size' };
  const { padding } = image.model;
  const values = padding ? storedValues(await image.frame(frame - 1)) : [];
  return distance(
    ours,
    theirs,
    (at) => padding !== undefined && values[at]! >= padding.from && values[at]! <= padding.to,
  );
}

/** Padding is black here, and a value like others there. */
function distance(ours: Raster, theirs: BitmapPicture, isPadding: (at: number) => boolean): Compared['outcome'] {
  let [sum, most, padding] = [0, 0, 0];
  for (let at = 0; at < ours.pixels.length; at++) {
    if (isPadding(at)) {
      padding += 1;
      continue;
    }
    const apart = Math.abs(ours.pixels[at]! - theirs.pixels[at]!);
    sum += apart;
    if (apart > most) most = apart;
  }
  const mean = sum / Math.max(1, ours.pixels.length - padding);
  return { kind: mean <= nearMean && most <= nearMost ? 'near' : 'far', mean, most, padding };
}

/** What makes DCMTK show a frame by the window of the header, or by that made here from the values of the frame. */
function windowFor({ model, header }: OpenFile, frame: number, { window }: Raster): string[] {
  if (model.colour) return [];
  const transform = transformOfFrame(model.transforms, frame - 1);
  if (!window) return transform.voiTable ? ['+Wl', '1'] : [];
  const inGroups = header.elements.has(sharedFunctionalGroups);
  const shape = window.shape === 'SIGMOID' ? ['+Wfs'] : [];
  const own = transform.windows.length > 0;
  if (own && !inGroups) return ['+Wi', '1', ...shape];
  if (!own && !inGroups && !model.padding && model.format.bitsStored > 8) return ['+Wm'];
  // DCMTK knows nothing of functional groups: there the window is one of stored values.
  const { slope, intercept } = inGroups ? transform : { slope: 1, intercept: 0 };
  const [middle, half] =
    window.shape === 'LINEAR' ? [window.center - 0.5, (window.width - 1) / 2] : [window.center, window.width / 2];
  const [low, high] = [(middle - half - intercept) / slope, (middle + half - intercept) / slope];
  return ['+Ww', String((low + high) / 2 + 0.5), String(Math.abs(high - low) + 1), ...shape];
}
