import type { SeriesRow } from '@symbolon/contract';

/** "Series 3, CT, 120 images": names a series for those who do not see its picture, and without what its header says. */
export function seriesName({ number, modality, instanceCount }: SeriesRow, index: number): string {
  const images = `${instanceCount} ${instanceCount === 1 ? 'image' : 'images'}`;
  return [`Series ${number ?? index + 1}`, modality, images].filter((part) => part !== '').join(', ');
}

/** Kinds of objects that have no picture of the patient. Source: PS3.3 §C.7.3.1.1.1. */
const withoutPictures: ReadonlySet<string> = new Set([
  'SR',
  'PR',
  'KO',
  'REG',
  'RTPLAN',
  'RTSTRUCT',
  'SEG',
  'DOC',
  'ECG',
]);

/** The series that is opened first: the first that has pictures. */
export function firstSeries(series: readonly SeriesRow[]): SeriesRow | undefined {
  return series.find(({ modality }) => !withoutPictures.has(modality)) ?? series[0];
}
