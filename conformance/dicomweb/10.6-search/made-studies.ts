import { type DicomJson, writeFile } from '../../../packages/dicom/src/index.ts';

/** An instance as its attributes, written to a file; what is not said is as in the first. */
export type Made = {
  readonly bytes: Uint8Array;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
};

const uid = (...parts: readonly number[]): string => `1.2.826.0.1.3680043.8.498.77.${parts.join('.')}`;

export type MadeStudy = {
  readonly number: number;
  readonly attributes?: DicomJson;
  /** Of each series its own attributes, and how many instances it has. */
  readonly series: readonly { readonly attributes?: DicomJson; readonly instances: number }[];
  readonly sopClass?: string;
};

/** The files of a study, series by series. */
export function madeStudy({ number, attributes = {}, series, sopClass }: MadeStudy): Made[] {
  return series.flatMap((one, at) =>
    Array.from({ length: one.instances }, (_, nth) => {
      const [study, ofSeries, instance] = [uid(number), uid(number, at + 1), uid(number, at + 1, nth + 1)];
      const json: DicomJson = {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080016': { vr: 'UI', Value: [sopClass ?? '1.2.840.10008.5.1.4.1.1.2'] },
        '00080018': { vr: 'UI', Value: [instance] },
        '00080060': { vr: 'CS', Value: ['CT'] },
        '0020000D': { vr: 'UI', Value: [study] },
        '0020000E': { vr: 'UI', Value: [ofSeries] },
        '00200011': { vr: 'IS', Value: [at + 1] },
        '00200013': { vr: 'IS', Value: [nth + 1] },
        ...attributes,
        ...one.attributes,
      };
      return { bytes: writeFile(json), study, series: ofSeries, instance };
    }),
  );
}

export const person = (name: string, id: string, more: DicomJson = {}): DicomJson => ({
  '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] },
  '00100020': { vr: 'LO', Value: [id] },
  ...more,
});
