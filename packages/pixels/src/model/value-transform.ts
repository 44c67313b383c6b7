import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import { type LookupTable, sequenceTable } from './lookup-table.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { beginning, number, numbers, text, texts } from './short-values.ts';

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
/** A window on the values that the modality transform gives. Source: PS3.3 §C.11.2.1.2. */
export type Window = {
  readonly name: string;
  readonly center: number;
  readonly width: number;
  readonly shape: VoiFunction;
};

/** What stored values mean, and how they are shown. */
export type ValueTransform = {
  readonly slope: number;
  readonly intercept: number;
  /** In place of slope and intercept. */
  readonly modalityTable?: LookupTable | undefined;
  readonly windows: readonly Window[];
  /** For where there is no window. */
  readonly voiTable?: LookupTable | undefined;
  readonly unit: string;
};

const maxNameLength = 64;
const maxUnitLength = 16;
const maxWindows = 16;
/** A slope and a window for each frame are usual; of slices seen over and over there are thousands, and not so many. */
const maxDistinct = 65_536;
/** Of all transforms together: most name one. */
const maxWindowsKept = 65_536;

/** The transforms of an image: the distinct ones, and for each frame which one; several only where frames have their own. */
export type ValueTransforms = { readonly distinct: readonly ValueTransform[]; readonly ofFrame?: readonly number[] };

/** Where a transform is said: the tables of a place are read only where it speaks for the whole image. */
type Place = { readonly ds: DataSet; readonly ofImage: boolean };
type Tables = (place: Place, tag: number, signed: boolean) => LookupTable | undefined;

/**
 * Reads the modality and VOI transforms of every frame, be they on top or in functional groups.
 *
 * Cost    two tables for an image: those that a group of one frame holds are no part of the standard, and are not read.
 * Source  PS3.3 §C.11.1, §C.11.2, §C.7.6.16.2.9 (Pixel Value Transformation), §C.7.6.16.2.10 (Frame VOI LUT).
 *
 * @throws PixelsError PIXELS_TOO_LARGE  the frames have more transforms than can be kept
 */
export function valueTransforms(ds: DataSet, signed: boolean): ValueTransforms {
  const shared = firstItem(ds, tags.SharedFunctionalGroupsSequence);
  const perFrame = ds.elements.get(tags.PerFrameFunctionalGroupsSequence)?.items ?? [];
  const modality = placeOf(ds, shared, tags.PixelValueTransformationSequence);
  const voi = placeOf(ds, shared, tags.FrameVOILUTSequence);
  const tables = tablesOfImage();
  if (perFrame.length === 0) return { distinct: [transformOf(ds, modality, voi, signed, tables)] };

  const distinct: ValueTransform[] = [];
  const known = new Map<string, number>();
  let windowsKept = 0;
  let ofImage: number | undefined;
  const add = (ownModality: DataSet | undefined, ownVoi: DataSet | undefined): number => {
    const [of, by] = [own(ownModality) ?? modality, own(ownVoi) ?? voi];
    const transform = transformOf(ds, of, by, signed, tables);
    const { slope, intercept, unit, windows } = transform;
    const name = JSON.stringify([of.ofImage, by.ofImage, slope, intercept, unit, windows]);
    const at = known.get(name);
    if (at !== undefined) return at;
    windowsKept += windows.length;
    if (distinct.length >= maxDistinct || windowsKept > maxWindowsKept)
      throw new PixelsError('PIXELS_TOO_LARGE', 'The frames of this object are shown in more ways than can be kept.');
    known.set(name, distinct.length);
    return distinct.push(transform) - 1;
  };
  const ofFrame = perFrame.map((frame) => {
    const ownModality = firstItem(frame, tags.PixelValueTransformationSequence);
    const ownVoi = firstItem(frame, tags.FrameVOILUTSequence);
    if (ownModality || ownVoi) return add(ownModality, ownVoi);
    ofImage ??= add(undefined, undefined);
    return ofImage;
  });
  return distinct.length === 1 ? { distinct } : { distinct, ofFrame };
}

/** The transform of a frame, counted from 0. */
export function transformOfFrame({ distinct, ofFrame }: ValueTransforms, frame: number): ValueTransform {
  return (distinct[ofFrame?.[frame] ?? 0] ?? distinct[0]) as ValueTransform;
}

export function firstItem(ds: DataSet | undefined, tag: number): DataSet | undefined {
  return ds?.elements.get(tag)?.items?.[0];
}

/** Where all frames have it from: the shared group, or else the top. */
function placeOf(ds: DataSet, shared: DataSet | undefined, group: number): Place {
  return { ds: firstItem(shared, group) ?? ds, ofImage: true };
}

const own = (group: DataSet | undefined): Place | undefined => group && { ds: group, ofImage: false };

/** Reads every table once, however many frames are shown by it. */
function tablesOfImage(): Tables {
  const read = new Map<string, LookupTable | undefined>();
  return ({ ds, ofImage }, tag, signed) => {
    const item = ofImage ? firstItem(ds, tag) : undefined;
    if (item === undefined) return undefined;
    const name = `${tag} ${ds.elements.get(tag)?.valueStart} ${signed}`;
    if (!read.has(name)) read.set(name, sequenceTable(item, signed));
    return read.get(name);
  };
}

function transformOf(ds: DataSet, modality: Place, voi: Place, signed: boolean, tables: Tables): ValueTransform {
  const modalityTable = tables(modality, tags.ModalityLUTSequence, signed);
  const slope = finite(number(modality.ds, tags.RescaleSlope)) ?? 1;
  const intercept = finite(number(modality.ds, tags.RescaleIntercept)) ?? 0;
  const rescaled = signed || (modalityTable === undefined && intercept < 0);
  return {
    // A slope of nothing would paint everything in one grey.
    slope: slope === 0 ? 1 : slope,
    intercept,
    modalityTable,
    windows: windowsOf(voi.ds),
    voiTable: tables(voi, tags.VOILUTSequence, rescaled),
    unit: unitOf(ds, modality),
  };
}

function windowsOf(voi: DataSet): Window[] {
  const centers = numbers(voi, tags.WindowCenter);
  const widths = numbers(voi, tags.WindowWidth);
  const names = texts(voi, tags.WindowCenterWidthExplanation);
  const said = text(voi, tags.VOILUTFunction);
  const shape: VoiFunction = said === 'SIGMOID' || said === 'LINEAR_EXACT' ? said : 'LINEAR';
  return centers.slice(0, Math.min(widths.length, maxWindows)).flatMap((center, at) => {
    const width = widths[at]!;
    if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0) return [];
    return [{ name: beginning(names[at] || `Window ${at + 1}`, maxNameLength), center, width, shape }];
  });
}

/** `US`, unspecified, is no unit. CT numbers are Hounsfield units where nothing else is said. Source: PS3.3 §C.11.1.1.2. */
function unitOf(ds: DataSet, { ds: modality, ofImage }: Place): string {
  const lut = ofImage ? firstItem(modality, tags.ModalityLUTSequence) : undefined;
  const said = (lut ? text(lut, tags.ModalityLUTType) : text(modality, tags.RescaleType)) ?? text(ds, tags.Units);
  if (said !== undefined) return said === 'US' ? '' : beginning(said, maxUnitLength);
  const rescaled = modality.elements.has(tags.RescaleIntercept);
  return rescaled && text(ds, tags.Modality) === 'CT' ? 'HU' : '';
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;
