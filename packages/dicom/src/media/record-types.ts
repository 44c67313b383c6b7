import { tags } from '../dictionary/tags.ts';
import { lookupUid } from '../dictionary/uids.ts';
import type { DicomFile } from '../element.ts';

/** PS3.3 table F.4-1: types that stand below no patient. */
const rootTypes: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.38.1': 'HANGING PROTOCOL',
  '1.2.840.10008.5.1.4.39.1': 'PALETTE',
  '1.2.840.10008.5.1.4.43.1': 'IMPLANT',
  '1.2.840.10008.5.1.4.44.1': 'IMPLANT ASSY',
  '1.2.840.10008.5.1.4.45.1': 'IMPLANT GROUP',
};

/**
 * PS3.3 table F.4-1 by SOP class, after 1.2.840.10008.5.1.4; all others that are images are IMAGE. Patterns, because
 * families of SOP classes grow: a waveform of next year is a waveform.
 */
const types: readonly (readonly [RegExp, string])[] = [
  [/^\.1\.1\.481\.2$/, 'RT DOSE'],
  [/^\.1\.1\.481\.3$/, 'RT STRUCTURE SET'],
  [/^\.1\.1\.481\.[58]$/, 'RT PLAN'],
  [/^\.1\.1\.481\.[4679]$/, 'RT TREAT RECORD'],
  [/^\.1\.1\.481\.[12]\d$/, 'RADIOTHERAPY'],
  [/^\.1\.1\.(11\.\d+|131)$/, 'PRESENTATION'],
  [/^\.1\.1\.(9\.\d+\.\d+|601\.5)$/, 'WAVEFORM'],
  [/^\.1\.1\.88\.59$/, 'KEY OBJECT DOC'],
  [/^\.1\.1\.(88\.\d+|78\.6|79\.1)$/, 'SR DOCUMENT'],
  [/^\.1\.1\.4\.2$/, 'SPECTROSCOPY'],
  [/^\.1\.1\.66$/, 'RAW DATA'],
  [/^\.1\.1\.66\.[13]$/, 'REGISTRATION'],
  [/^\.1\.1\.66\.2$/, 'FIDUCIAL'],
  [/^\.1\.1\.66\.5$/, 'SURFACE'],
  [/^\.1\.1\.66\.6$/, 'TRACT'],
  [/^\.1\.1\.67$/, 'VALUE MAP'],
  [/^\.1\.1\.68\.[12]$/, 'SURFACE SCAN'],
  [/^\.1\.1\.77\.1\.5\.3$/, 'STEREOMETRIC'],
  [/^\.1\.1\.(78\.[1-578]|80\.1)$/, 'MEASUREMENT'],
  [/^\.1\.1\.90\.1$/, 'ASSESSMENT'],
  [/^\.1\.1\.91\.1$/, 'ANNOTATION'],
  [/^\.1\.1\.104\.\d+$/, 'ENCAP DOC'],
  [/^\.(34\.7|34\.10|1\.1\.200\.[28])$/, 'PLAN'],
];

/** PS3.3 table F.4-1: what has no type of its own stands in one that its (0004,1432) Private Record UID explains. */
export const privateType = 'PRIVATE';
/** UUID-derived (PS3.5 §B.2). It says: an instance of a SOP class that the writer knows no record type for, and no key of it. */
export const privateRecordUid = '2.25.122439756188766576261406236672801354776';

const storageRoot = '1.2.840.10008.5.1.4';

/** The record type of an instance, and whether it stands below no patient; `undefined` where F.4-1 has none for it. */
export function recordTypeOf(sopClassUid: string, file: DicomFile): { type: string; root: boolean } | undefined {
  if (Object.hasOwn(rootTypes, sopClassUid)) return { type: rootTypes[sopClassUid]!, root: true };
  const rest = sopClassUid.startsWith(storageRoot) ? sopClassUid.slice(storageRoot.length) : '';
  const type = types.find(([pattern]) => pattern.test(rest))?.[1];
  if (type !== undefined) return { type, root: false };
  // An identity half has lost its pixels, not what says that they are there.
  const isImage =
    file.pixelElements.length > 0 ||
    file.dataset.elements.has(tags.Rows) ||
    / Image Storage/.test(lookupUid(sopClassUid)?.name ?? '');
  return isImage ? { type: 'IMAGE', root: false } : undefined;
}
