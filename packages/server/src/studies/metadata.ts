import {
  type DataSet,
  type DicomFile,
  type DicomJson,
  type Element,
  parseIdentityHalf,
  tagText,
  toDicomJson,
} from '@symbolon/dicom';
import type { PackReader } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';
import { notFound } from './errors.ts';
import type { OpenInstance } from './find-in-study.ts';

const inlineLimitBytes = 1024;

/** The header of an instance from its identity half alone; the image half is not touched. */
async function headerOf(reader: PackReader, { pack, instance }: OpenInstance): Promise<DicomFile> {
  return parseIdentityHalf(await reader.identityHalf(pack, instance), {
    cuts: instance.cuts,
    ...inflating,
  });
}

/** A bulk value's place in its data set: tags and item numbers from 1, as `7FE00010` or `00880200.1.7FE00010`. */
function bulkPath(path: readonly number[]): string {
  return path.map((step, at) => (at % 2 === 0 ? tagText(step) : String(step + 1))).join('.');
}

/** The metadata of one instance (PS3.18 §F.2): no bulk value over 1 KiB, but the address of each that lies in the header. */
export async function metadataOf(reader: PackReader, found: OpenInstance, instanceUrl: string): Promise<DicomJson> {
  const header = await headerOf(reader, found);
  const json = toDicomJson(header.dataset, {
    inlineLimitBytes,
    bulkDataUri: (path, element) => (element.fragments ? undefined : `${instanceUrl}/bulkdata/${bulkPath(path)}`),
  });
  // Available Transfer Syntax UID: what the instance is stored in. Source: PS3.18 Table 10.6.3-5.
  json['00083002'] = { vr: 'UI', Value: [found.instance.transferSyntax] };
  return json;
}

/** Bytes per number of the VRs whose bulk values are numbers. */
const numberBytes: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };

/** Bulk data is little endian whatever the file was. Source: PS3.18 §F.2.7, PS3.5 §A.3. */
function littleEndian(dataset: DataSet, { vr, valueStart, valueEnd }: Element): Uint8Array {
  const bytes = dataset.bytes.subarray(valueStart, valueEnd);
  const size = numberBytes[vr] ?? 1;
  if (dataset.littleEndian || bytes.length % size !== 0) return bytes;
  const swapped = new Uint8Array(bytes);
  for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return swapped;
}

/** The bytes of one value of the header, by its bulk path. @throws StudiesError STUDY_NOT_FOUND */
export async function bulkValue(reader: PackReader, found: OpenInstance, path: string): Promise<Uint8Array> {
  let { dataset } = await headerOf(reader, found);
  const steps = path.split('.');
  for (let at = 0; at < steps.length; at += 2) {
    const element = /^[0-9A-Fa-f]{8}$/.test(steps[at] as string)
      ? dataset.elements.get(Number.parseInt(steps[at] as string, 16))
      : undefined;
    if (!element) break;
    if (at === steps.length - 1) {
      if (element.items || element.fragments) break;
      return littleEndian(dataset, element);
    }
    const item = element.items?.[Number(steps[at + 1]) - 1];
    if (!item) break;
    dataset = item;
  }
  throw notFound();
}
