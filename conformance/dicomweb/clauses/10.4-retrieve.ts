import { expect } from 'vitest';
import type { SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Json, partsOf, value } from '../dicomweb-client.ts';
import { type Check, type Clause, check, unlike } from './check.ts';
import {
  asIs,
  bodies,
  dataSetOf,
  found,
  frameBytesOf,
  instanceOf,
  json,
  patient,
  pixelsOf,
  seriesOf,
  studyOf,
  syntaxOf,
  xmlParts,
} from './sent.ts';

const octets = 'multipart/related; type="application/octet-stream"';

/** The same data sets, in whatever order. */
function same(got: readonly Uint8Array[], sent: readonly SyntheticFile[]): void {
  const texts = (files: readonly Uint8Array[]): string[] =>
    files.map((file) => dataSetOf(file).toString('base64')).sort();
  expect(texts(got)).toEqual(texts(sent.map(({ bytes }) => bytes)));
}

const transcodes = (name: string, uid: string): Check =>
  check(`an instance is transcoded to ${name}`, async (root, { ct }) => {
    const [file] = await bodies(
      root,
      instanceOf(ct[0]!),
      `multipart/related; type="application/dicom"; transfer-syntax=${uid}`,
    );
    expect(syntaxOf(file!)).toBe(uid);
  });

const transcodesFrame = (name: string, type: string, uid: string, magic: readonly number[]): Check =>
  check(`a frame is transcoded to ${name}`, async (root, { ct }) => {
    const [frame] = await bodies(
      root,
      `${instanceOf(ct[0]!)}/frames/1`,
      `multipart/related; type="${type}"; transfer-syntax=${uid}`,
    );
    expect([...frame!.subarray(0, magic.length)]).toEqual([...magic]);
  });

export const retrieve: Clause = {
  clause: '10.4',
  title: 'Retrieve (WADO-RS)',
  checks: [
    check('a study comes with every instance, each data set as it was stored', async (root, { ct }) =>
      same(await bodies(root, studyOf(ct[0]!), asIs), ct),
    ),
    check('a series comes with its instances and no others', async (root, { ct }) =>
      same(
        await bodies(root, seriesOf(ct[0]!), asIs),
        ct.filter(({ seriesInstanceUid }) => seriesInstanceUid === ct[0]!.seriesInstanceUid),
      ),
    ),
    check('an instance comes alone', async (root, { ct }) =>
      same(await bodies(root, instanceOf(ct[4]!), asIs), [ct[4]!]),
    ),
    check('an instance comes as one body of application/dicom, without parts', async (root, { ct }) => {
      const answer = await root.ask(instanceOf(ct[0]!), 'application/dicom; transfer-syntax=*');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom(;|$)/);
      same([answer.body], [ct[0]!]);
    }),
    check('each part says of itself that it is application/dicom', async (root, { ct }) => {
      for (const { headers } of partsOf(await root.ask(studyOf(ct[0]!), asIs)))
        expect(headers.get('content-type')).toMatch(/^application\/dicom/);
    }),
    transcodes('Explicit VR Little Endian', '1.2.840.10008.1.2.1'),
    unlike(
      'it comes as it was stored',
      check(
        'a compressed instance comes in Explicit VR Little Endian where no transfer syntax is named',
        async (root, sent) => {
          const [file] = await bodies(root, instanceOf(sent.compressed), 'multipart/related; type="application/dicom"');
          expect(syntaxOf(file!)).toBe('1.2.840.10008.1.2.1');
        },
      ),
    ),
    transcodes('JPEG 2000 lossless', '1.2.840.10008.1.2.4.90'),
    transcodes('JPEG-LS lossless', '1.2.840.10008.1.2.4.80'),
    transcodes('RLE', '1.2.840.10008.1.2.5'),
    transcodes('HTJ2K lossless', '1.2.840.10008.1.2.4.201'),

    check('metadata of a study names every instance', async (root, { ct }) => {
      const all = await found(root, `${studyOf(ct[0]!)}/metadata`);
      expect(all.map((one) => value(one, '00080018')).sort()).toEqual(ct.map((file) => file.sopInstanceUid).sort());
    }),
    check('metadata of a series and of an instance are those and no others', async (root, { ct }) => {
      expect(await found(root, `${seriesOf(ct[0]!)}/metadata`)).toHaveLength(3);
      expect(await found(root, `${instanceOf(ct[0]!)}/metadata`)).toHaveLength(1);
    }),
    check('metadata has names in groups, numbers as numbers, and text in Unicode', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      expect(value(one, '00100010')).toMatchObject({ Alphabetic: patient.name });
      expect(value(one, '00280010')).toBe(20);
      expect(value(one, '00080060')).toBe('CT');
    }),
    check('metadata has sequences', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      const [item] = one!['00101002']!.Value as Json[];
      expect(value(item, '00100021')).toBe('MUSTERSTADT');
    }),
    check('metadata has no pixel data, but its address', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      expect(one!['7FE00010']).toMatchObject({ BulkDataURI: expect.any(String) });
    }),
    check('metadata comes as Native DICOM Model XML, a part for each instance', async (root, { ct }) => {
      const parts = await bodies(root, `${seriesOf(ct[0]!)}/metadata`, xmlParts);
      expect(parts).toHaveLength(3);
      for (const part of parts) expect(part.toString('utf8')).toContain('<NativeDicomModel');
    }),
    check('metadata has an ETag, and is 304 for who has it', async (root, { ct }) => {
      const first = await root.ask(`${seriesOf(ct[0]!)}/metadata`, json);
      expect(first.headers.etag).toBeTypeOf('string');
      const again = await root.ask(`${seriesOf(ct[0]!)}/metadata`, json, {
        'if-none-match': first.headers.etag as string,
      });
      expect(again.status).toBe(304);
    }),

    check('the address of pixel data leads to its bytes', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      const answer = await root.ask(one!['7FE00010']!.BulkDataURI as string, octets);
      expect(answer.status).toBe(200);
      expect(partsOf(answer)[0]!.body.equals(pixelsOf(ct[0]!, frameBytesOf.ct))).toBe(true);
    }),
    check('bulk data comes as one body of application/octet-stream, without parts', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      const answer = await root.ask(one!['7FE00010']!.BulkDataURI as string, 'application/octet-stream');
      expect(answer.headers['content-type']).toMatch(/^application\/octet-stream/);
      expect(answer.body.equals(pixelsOf(ct[0]!, frameBytesOf.ct))).toBe(true);
    }),
    check('a byte range of bulk data is 206, with those bytes and no others', async (root, { ct }) => {
      const [one] = await found(root, `${instanceOf(ct[0]!)}/metadata`);
      const answer = await root.ask(one!['7FE00010']!.BulkDataURI as string, 'application/octet-stream', {
        range: 'bytes=100-199',
      });
      expect(answer.status).toBe(206);
      expect(answer.body.equals(pixelsOf(ct[0]!, frameBytesOf.ct).subarray(100, 200))).toBe(true);
    }),
    check('the pixel data of an instance has a resource of its own', async (root, { ct }) => {
      const [body] = await bodies(root, `${instanceOf(ct[0]!)}/pixeldata`, octets);
      expect(body!.equals(pixelsOf(ct[0]!, frameBytesOf.ct))).toBe(true);
    }),

    check('a frame is its bytes', async (root, { ct }) => {
      const [frame] = await bodies(root, `${instanceOf(ct[1]!)}/frames/1`, octets);
      expect(frame!.equals(pixelsOf(ct[1]!, frameBytesOf.ct))).toBe(true);
    }),
    check('frames come in the order they are asked for', async (root, { cine }) => {
      const all = pixelsOf(cine, 5 * frameBytesOf.cine);
      const frames = await bodies(root, `${instanceOf(cine)}/frames/2,5`, octets);
      expect(
        frames.map((frame, at) =>
          frame.equals(all.subarray([1, 4][at]! * frameBytesOf.cine, [2, 5][at]! * frameBytesOf.cine)),
        ),
      ).toEqual([true, true]);
    }),
    check('a frame comes without parts for who takes application/octet-stream', async (root, { cine }) => {
      const answer = await root.ask(`${instanceOf(cine)}/frames/3`, 'application/octet-stream');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/octet-stream/);
      expect(answer.body).toHaveLength(frameBytesOf.cine);
    }),
    check('a frame comes as it is stored for transfer-syntax=*', async (root, { ct }) => {
      const [frame] = await bodies(root, `${instanceOf(ct[0]!)}/frames/1`, `${octets}; transfer-syntax=*`);
      expect(frame).toHaveLength(frameBytesOf.ct);
    }),
    transcodesFrame('JPEG 2000 lossless', 'image/jp2', '1.2.840.10008.1.2.4.90', [0xff, 0x4f, 0xff, 0x51]),
    transcodesFrame('JPEG-LS lossless', 'image/jls', '1.2.840.10008.1.2.4.80', [0xff, 0xd8]),
    transcodesFrame('HTJ2K lossless', 'image/jphc', '1.2.840.10008.1.2.4.201', [0xff, 0x4f, 0xff, 0x51]),
    check('a frame that is not there is 404', async (root, { cine }) => {
      expect((await root.ask(`${instanceOf(cine)}/frames/6`, octets)).status).toBe(404);
    }),
    check('frame 0 is 400', async (root, { cine }) => {
      expect((await root.ask(`${instanceOf(cine)}/frames/0`, octets)).status).toBe(400);
    }),
    check('a list of frames that is none is 400', async (root, { cine }) => {
      expect((await root.ask(`${instanceOf(cine)}/frames/1,,x`, octets)).status).toBe(400);
    }),
  ],
};
