import { bulkDataAt, type DicomFile, type DicomJson, parseIdentityHalf, tagText, toDicomJson } from '@symbolon/dicom';
import type { PackReader } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';
import { notFound, type OpenInstance } from '../studies/index.ts';

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

/** The bytes of one value of the header, by its bulk path. @throws StudiesError STUDY_NOT_FOUND */
export async function bulkValue(reader: PackReader, found: OpenInstance, path: string): Promise<Uint8Array> {
  const { dataset } = await headerOf(reader, found);
  const steps = path.split('.').map((step, at) => (at % 2 === 0 ? tagOf(step) : Number(step) - 1));
  const value = bulkDataAt(dataset, steps);
  if (!(value instanceof Uint8Array)) throw notFound();
  return value;
}

const tagOf = (step: string): number => (/^[0-9A-Fa-f]{8}$/.test(step) ? Number.parseInt(step, 16) : -1);
