import type { DataSet } from '@symbolon/dicom';
import { pixelTags as tags } from './pixel-tags.ts';
import { number, numbers } from './short-values.ts';
import { firstItem } from './value-transform.ts';

/**
 * Where a spacing holds: in the patient (or whatever was calibrated there), at the detector (the body is nearer, and seems
 * larger), or on a film that was scanned. Units: millimetres between rows and between columns.
 */
export type Spacing = {
  readonly between: readonly [number, number];
  readonly at: 'patient' | 'detector' | 'film';
};

/** Of the first frame, where frames have their own. */
function groupOf(ds: DataSet, group: number): DataSet | undefined {
  const perFrame = firstItem(ds, tags.PerFrameFunctionalGroupsSequence);
  return firstItem(perFrame, group) ?? firstItem(firstItem(ds, tags.SharedFunctionalGroupsSequence), group);
}

/**
 * The spacing of a projection that was only copied from the detector is one at the detector, unless it says how it was corrected.
 *
 * Source  PS3.3 §10.7.1.3 (Pixel Spacing Calibration), §C.7.6.16.2.1 (Pixel Measures), §C.8.6.2 (SC Image).
 */
export function spacingOf(ds: DataSet): Spacing | undefined {
  const detector = pair(numbers(ds, tags.ImagerPixelSpacing));
  const measures = groupOf(ds, tags.PixelMeasuresSequence);
  const patient = pair(numbers(ds, tags.PixelSpacing)) ?? (measures && pair(numbers(measures, tags.PixelSpacing)));
  if (patient) {
    const copied = detector !== undefined && detector[0] === patient[0] && detector[1] === patient[1];
    const calibrated = ds.elements.has(tags.PixelSpacingCalibrationType);
    return { between: patient, at: copied && !calibrated ? 'detector' : 'patient' };
  }
  if (detector) return { between: detector, at: 'detector' };
  const film = pair(numbers(ds, tags.NominalScannedPixelSpacing));
  return film && { between: film, at: 'film' };
}

function pair([between, across]: readonly number[]): readonly [number, number] | undefined {
  if (between === undefined || across === undefined || between <= 0 || across <= 0) return undefined;
  return Number.isFinite(between + across) ? [between, across] : undefined;
}

/** The height of a pixel by its width. Beyond 16 to 1 it is a mistake, not a pixel. Source: PS3.3 §C.7.6.3.1.7. */
export function aspectOf(ds: DataSet, spacing: Spacing | undefined): number {
  const [vertical, horizontal] = numbers(ds, tags.PixelAspectRatio);
  const aspect = spacing ? spacing.between[0] / spacing.between[1] : (vertical ?? 1) / (horizontal ?? 1);
  return aspect >= 1 / 16 && aspect <= 16 ? aspect : 1;
}

/** Source: PS3.3 §C.7.6.2 (Image Plane), §C.7.6.16.2.3, §C.7.6.16.2.4. */
export function planeOf(ds: DataSet): {
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
} {
  const position = groupOf(ds, tags.PlanePositionSequence);
  const orientation = groupOf(ds, tags.PlaneOrientationSequence);
  return {
    position:
      vector(ds, tags.ImagePositionPatient, 3) ?? (position && vector(position, tags.ImagePositionPatient, 3)) ?? null,
    orientation:
      vector(ds, tags.ImageOrientationPatient, 6) ??
      (orientation && vector(orientation, tags.ImageOrientationPatient, 6)) ??
      null,
  };
}

function vector(ds: DataSet, tag: number, length: number): number[] | undefined {
  const values = numbers(ds, tag);
  return values.length === length && values.every(Number.isFinite) ? values : undefined;
}

/**
 * How long each frame of a cine is shown; null where the frames are no cine. Units: milliseconds.
 *
 * Source  PS3.3 §C.7.6.5 (Cine): what is recommended for display first, then as it was acquired.
 */
export function cineOf(ds: DataSet): { readonly frameMs: number } | null {
  const perSecond = (tag: number) => 1_000 / (number(ds, tag) ?? 0);
  const times = numbers(ds, tags.FrameTimeVector).slice(1, -1);
  const candidates = [
    perSecond(tags.RecommendedDisplayFrameRate),
    number(ds, tags.FrameTime) ?? 0,
    times.reduce((sum, time) => sum + time, 0) / times.length,
    perSecond(tags.CineRate),
  ];
  const frameMs = candidates.find((ms) => ms >= 1 && ms <= 60_000);
  return frameMs === undefined ? null : { frameMs };
}
