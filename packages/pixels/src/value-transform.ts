import { type DataSet, number, numbers, text, texts } from '@symbolon/dicom';
import { type LookupTable, sequenceTable } from './lookup-table.ts';
import { pixelTags as tags } from './pixel-tags.ts';

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

/** The transforms of an image: the distinct ones, and for each frame which one; several only where frames have their own. */
export type ValueTransforms = { readonly distinct: readonly ValueTransform[]; readonly ofFrame?: readonly number[] };

/**
 * Reads the modality and VOI transforms of every frame, be they on top or in functional groups.
 * Source  PS3.3 §C.11.1, §C.11.2, §C.7.6.16.2.9 (Pixel Value Transformation), §C.7.6.16.2.10 (Frame VOI LUT).
 */
export function valueTransforms(ds: DataSet, signed: boolean): ValueTransforms {
  const shared = firstItem(ds, tags.SharedFunctionalGroupsSequence);
  const perFrame = ds.elements.get(tags.PerFrameFunctionalGroupsSequence)?.items ?? [];
  const places = (frame?: DataSet) => ({
    modality: groupOf(tags.PixelValueTransformationSequence, frame, shared) ?? ds,
    voi: groupOf(tags.FrameVOILUTSequence, frame, shared) ?? ds,
  });
  const read = ({ modality, voi }: ReturnType<typeof places>) => transformOf(ds, modality, voi, signed);
  if (perFrame.length === 0) return { distinct: [read(places())] };

  const distinct: ValueTransform[] = [];
  const known = new Map<string, number>();
  const ofFrame = perFrame.map((frame) => {
    const transform = read(places(frame));
    // Tables belong to the whole image: what differs from frame to frame is numbers.
    const name = JSON.stringify([transform.slope, transform.intercept, transform.unit, transform.windows]);
    const at = known.get(name) ?? distinct.push(transform) - 1;
    known.set(name, at);
    return at;
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

/** The group of one frame, or else of all of them. */
function groupOf(tag: number, frame: DataSet | undefined, shared: DataSet | undefined): DataSet | undefined {
  return firstItem(frame, tag) ?? firstItem(shared, tag);
}

function transformOf(ds: DataSet, modality: DataSet, voi: DataSet, signed: boolean): ValueTransform {
  const lut = firstItem(modality, tags.ModalityLUTSequence);
  const modalityTable = lut && sequenceTable(lut, signed);
  const slope = finite(number(modality, tags.RescaleSlope)) ?? 1;
  const intercept = finite(number(modality, tags.RescaleIntercept)) ?? 0;
  const voiItem = firstItem(voi, tags.VOILUTSequence);
  const rescaled = signed || (modalityTable === undefined && intercept < 0);
  return {
    // A slope of nothing would paint everything in one grey.
    slope: slope === 0 ? 1 : slope,
    intercept,
    modalityTable,
    windows: windowsOf(voi),
    voiTable: voiItem && sequenceTable(voiItem, rescaled),
    unit: unitOf(ds, modality, lut),
  };
}

function windowsOf(voi: DataSet): Window[] {
  const centers = numbers(voi, tags.WindowCenter);
  const widths = numbers(voi, tags.WindowWidth);
  const names = texts(voi, tags.WindowCenterWidthExplanation);
  const said = text(voi, tags.VOILUTFunction);
  const shape: VoiFunction = said === 'SIGMOID' || said === 'LINEAR_EXACT' ? said : 'LINEAR';
  return centers.slice(0, Math.min(widths.length, 16)).flatMap((center, at) => {
    const width = widths[at]!;
    if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0) return [];
    return [{ name: (names[at] || `Window ${at + 1}`).slice(0, maxNameLength), center, width, shape }];
  });
}

/** `US`, unspecified, is no unit. CT numbers are Hounsfield units where nothing else is said. Source: PS3.3 §C.11.1.1.2. */
function unitOf(ds: DataSet, modality: DataSet, lut: DataSet | undefined): string {
  const said = (lut ? text(lut, tags.ModalityLUTType) : text(modality, tags.RescaleType)) ?? text(ds, tags.Units);
  if (said !== undefined) return said === 'US' ? '' : said.slice(0, 16);
  const rescaled = modality.elements.has(tags.RescaleIntercept);
  return rescaled && text(ds, tags.Modality) === 'CT' ? 'HU' : '';
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;
