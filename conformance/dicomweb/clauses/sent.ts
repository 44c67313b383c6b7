import { expect } from 'vitest';
import {
  colourStudy,
  ctStudy,
  exoticFiles,
  multiframeStudy,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { framed, type Json, partsOf } from '../dicomweb-client.ts';
import type { Root } from './root.ts';

/** What every check may ask for: stored once, before the first. */
export type Sent = {
  /** Two series of three slices each, 16 bits, uncompressed, 20 rows of 24 columns. */
  readonly ct: readonly SyntheticFile[];
  /** An object of five frames in RGB, 16 rows of 20 columns. */
  readonly cine: SyntheticFile;
  /** Secondary captures of another patient. */
  readonly colour: readonly SyntheticFile[];
  /** A PDF in a DICOM object. */
  readonly document: SyntheticFile;
  /** A structured report. */
  readonly report: SyntheticFile;
  /** An image in RLE. */
  readonly compressed: SyntheticFile;
  /** Different in every run, so that a root that is used again finds new studies. */
  readonly mark: string;
};

export const frameBytesOf = { ct: 20 * 24 * 2, cine: 16 * 20 * 3 } as const;
export const patient = { name: 'Lindqvist^Åsa', day: '20190314', physician: 'Weiss^Greta' } as const;

export async function sendAll(root: Root): Promise<Sent> {
  const seed = 100_000 + Math.floor(Math.random() * 1_000_000_000);
  const mark = `CL${seed}`;
  const person = {
    patientName: patient.name,
    patientId: mark,
    studyDate: patient.day,
    accessionNumber: `A${seed}`,
    referringPhysician: patient.physician,
    studyDescription: 'Thorax mit KM',
  };
  const ct = [...ctStudy({ seed, series: 2, slices: 3, rows: 20, columns: 24, person })];
  const [cine] = [
    ...multiframeStudy({ seed: seed + 1, frames: 5, rows: 16, columns: 20, person: { patientId: `${mark}M` } }),
  ];
  const other = { patientId: `${mark}C`, patientName: 'Lindner^Jo', studyDate: '20200101' };
  const colour = [...colourStudy({ seed: seed + 2, images: 2, rows: 12, columns: 15, person: other })];
  const exotic = exoticFiles(seed + 3);
  const [document, report, compressed] = ['encapsulated PDF', 'structured report', 'RLE with basic offset table'].map(
    (wanted) => exotic.find(({ quirk }) => quirk === wanted) as SyntheticFile,
  ) as [SyntheticFile, SyntheticFile, SyntheticFile];
  for (const files of [ct, [cine as SyntheticFile], colour, [document, report, compressed]]) {
    const answer = await store(root, files);
    expect(answer.status).toBe(200);
  }
  return { ct, cine: cine as SyntheticFile, colour, document, report, compressed, mark };
}

export const store = (
  root: Root,
  files: readonly Pick<SyntheticFile, 'bytes'>[],
  path = '/studies',
  accept = 'application/dicom+json',
) =>
  root.send(
    'POST',
    path,
    { 'content-type': 'multipart/related; type="application/dicom"; boundary=b', accept },
    framed(files, 'b'),
  );

export const studyOf = ({ studyInstanceUid }: SyntheticFile): string => `/studies/${studyInstanceUid}`;
export const seriesOf = (file: SyntheticFile): string => `${studyOf(file)}/series/${file.seriesInstanceUid}`;
export const instanceOf = (file: SyntheticFile): string => `${seriesOf(file)}/instances/${file.sopInstanceUid}`;

export const asIs = 'multipart/related; type="application/dicom"; transfer-syntax=*';
export const json = 'application/dicom+json';
export const xmlParts = 'multipart/related; type="application/dicom+xml"';

/** The answer's data sets; nothing found may be an empty list or no content (PS3.18 §8.3.4.4.1, in its editions). */
export async function found(root: Root, path: string): Promise<Json[]> {
  const answer = await root.ask(path, json);
  if (answer.status === 204) return [];
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/(dicom\+)?json/);
  return JSON.parse(answer.body.toString('utf8')) as Json[];
}

/** The bodies of a multipart answer that succeeded. */
export async function bodies(root: Root, path: string, accept: string): Promise<Buffer[]> {
  const answer = await root.ask(path, accept);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^multipart\/related/);
  return partsOf(answer).map(({ body }) => body);
}

/** Everything behind group 0002, by its length element: what the data set is, whatever wrote the file's head. */
export function dataSetOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  expect(bytes.toString('latin1', 128, 132)).toBe('DICM');
  expect(bytes.readUInt32LE(132)).toBe(0x0000_0002);
  return bytes.subarray(144 + bytes.readUInt32LE(140));
}

/** Transfer Syntax UID (0002,0010) of a file. */
export function syntaxOf(file: Uint8Array): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const at = bytes.indexOf(Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49]));
  return bytes.toString('latin1', at + 8, at + 8 + bytes.readUInt16LE(at + 6)).replace(/[\0 ]+$/, '');
}

/** The last `bytes` of a file that ends with its pixel data. */
export const pixelsOf = ({ bytes }: SyntheticFile, length: number): Buffer => {
  const at = Buffer.from(bytes).lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
  return Buffer.from(bytes.subarray(at + 12, at + 12 + length));
};
