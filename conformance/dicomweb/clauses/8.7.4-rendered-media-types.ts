import { expect } from 'vitest';
import { type Check, type Clause, check } from './check.ts';
import { type Kind, kindOf, pictureOf } from './pictures.ts';
import { instanceOf } from './sent.ts';

const given = (says: string, accept: string | undefined, kinds: readonly Kind[], query = ''): Check =>
  check(says, async (root, { ct }) => {
    const answer = await root.ask(`${instanceOf(ct[0]!)}/rendered${query}`, accept);
    expect(kinds).toContain(kindOf(answer));
  });

const refused = (accept: string): Check =>
  check(`a picture as ${accept} is 406`, async (root, { ct }) => {
    expect((await root.ask(`${instanceOf(ct[0]!)}/rendered`, accept)).status).toBe(406);
  });

const written = (type: string): Check =>
  check(`a structured report comes as ${type}`, async (root, { report }) => {
    const answer = await root.ask(`${instanceOf(report)}/rendered`, type);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(new RegExp(`^${type}(;|$)`));
  });

/** Where the first scan's frame header stands, and how many bits its samples have. */
function frameHeader(jpeg: Buffer): { readonly marker: number; readonly bits: number } {
  for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4) return { marker, bits: jpeg[at + 4] as number };
  }
  throw new Error('no frame header');
}

export const renderedMediaTypes: Clause = {
  clause: '8.7.4',
  title: 'Rendered media types',
  checks: [
    given('an image comes as image/jpeg without Accept', undefined, ['jpeg']),
    given('an image comes as image/jpeg for */*', '*/*', ['jpeg']),
    given('an image comes as a picture for image/*', 'image/*', ['jpeg', 'png', 'gif']),
    given('an image comes as image/jpeg', 'image/jpeg', ['jpeg']),
    given('an image comes as image/png', 'image/png', ['png']),
    given('an image comes as image/gif', 'image/gif', ['gif']),
    given('of several types it is the one with the highest q', 'image/jpeg;q=0.2, image/png;q=0.9', ['png']),
    given('behind types that do not fit', 'text/html, image/webp;q=0.9, image/png;q=0.8', ['png']),
    given('the accept parameter goes before the header', 'image/jpeg', ['png'], '?accept=image/png'),
    check('JPEG is baseline, of 8 bits', async (root, { ct, colour }) => {
      for (const file of [ct[0]!, colour[0]!]) {
        const { bytes } = pictureOf(await root.ask(`${instanceOf(file)}/rendered`, 'image/jpeg'));
        expect(frameHeader(bytes)).toEqual({ marker: 0xc0, bits: 8 });
      }
    }),
    check('PNG has 8 bits a channel, grey or colour', async (root, { ct, colour }) => {
      for (const file of [ct[0]!, colour[0]!]) {
        const { bytes } = pictureOf(await root.ask(`${instanceOf(file)}/rendered`, 'image/png'));
        expect(bytes[24]).toBe(8);
      }
    }),
    written('text/html'),
    written('text/plain'),
    written('text/xml'),
    refused('text/html'),
    refused('application/dicom'),
    refused('image/x-none'),
  ],
};
