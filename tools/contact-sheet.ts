import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DicomError } from '@symbolon/dicom';
import { PixelsError, representativeFrame } from '@symbolon/pixels';
import sharp, { type OverlayOptions } from 'sharp';
import { type OpenFile, openFile } from '../packages/pixels/src/open-file.fixture.ts';
import { encodePicture } from '../packages/server/src/rendering/encode-picture.ts';
import { squareSize, within } from '../packages/server/src/rendering/shown-size.ts';
import { realFiles } from '../packages/testbed/src/peers/real-files.ts';

/*
 * Every real image as it is shown here, on one sheet to be looked at: `node tools/contact-sheet.ts`. Of those that lie in one
 * folder and are alike (slices of a series, mostly) it has one. Units: pixels.
 */
const target = new URL('../docs/journeys/contact-sheet.png', import.meta.url);
const [columns, cell, label, gap] = [20, 110, 10, 2];
const seconds = 20;

type Shown = { readonly name: string; readonly picture: Uint8Array | string };

async function opened(path: string): Promise<OpenFile | string | undefined> {
  try {
    return await openFile(new Uint8Array(readFileSync(path)));
  } catch (error) {
    if (error instanceof DicomError || (error instanceof PixelsError && error.code === 'PIXELS_MISSING'))
      return undefined;
    if (error instanceof PixelsError) return error.code;
    throw error;
  }
}

async function pictureOf(file: OpenFile | string): Promise<Uint8Array | string> {
  if (typeof file === 'string') return file;
  try {
    const raster = await file.show(representativeFrame(file.model, file.frames));
    const shown = within(squareSize(file.model), cell - gap);
    return await encodePicture(raster, { shown, format: 'png', quality: 100 }, seconds);
  } catch (error) {
    if (error instanceof PixelsError) return error.code;
    throw error;
  }
}

async function allShown(): Promise<Shown[]> {
  const kinds = new Set<string>();
  const shown: Shown[] = [];
  const names = new Set<string>();
  for (const { path, name: below, source } of realFiles().toSorted((a, b) => (a.source < b.source ? -1 : 1))) {
    const name = source === 'pydicom' ? `pydicom/${below}` : below;
    if (names.has(name)) continue;
    names.add(name);
    const file = await opened(path);
    if (file === undefined) continue;
    const what =
      typeof file === 'string' ? file : [file.model.format, file.model.transforms.distinct[0]?.windows.length];
    const kind = JSON.stringify([dirname(name), what]);
    if (!kinds.has(kind)) shown.push({ name, picture: await pictureOf(file) });
    kinds.add(kind);
  }
  return shown.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The end of a name says more than its beginning. */
const shortName = (name: string) => escaped(name.length > 27 ? `…${name.slice(-26)}` : name);

const shown = await allShown();
const width = columns * (cell + gap);
const height = Math.ceil(shown.length / columns) * (cell + label + gap);
const texts: string[] = [];
const pictures: OverlayOptions[] = [];
for (const [at, { name, picture }] of shown.entries()) {
  const [left, top] = [(at % columns) * (cell + gap), Math.floor(at / columns) * (cell + label + gap)];
  texts.push(`<text x="${left + 1}" y="${top + cell + 8}" fill="#ddd">${shortName(name)}</text>`);
  if (typeof picture === 'string')
    texts.push(`<text x="${left + 4}" y="${top + 50}" fill="#f88">${picture.slice(0, 23)}</text>`);
  else {
    const { width: w = 0, height: h = 0 } = await sharp(picture).metadata();
    const input = Buffer.from(picture);
    pictures.push({ input, left: left + Math.floor((cell - w) / 2), top: top + Math.floor((cell - h) / 2) });
  }
}
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="6.6">${texts.join('')}</svg>`;
const sheet = await sharp({ create: { width, height, channels: 3, background: '#284068' } })
  .composite([...pictures, { input: Buffer.from(svg), left: 0, top: 0 }])
  .png({ palette: true, colours: 128, effort: 10, compressionLevel: 9 })
  .toBuffer();
writeFileSync(target, sheet);
console.log(`${shown.length} pictures, ${width} × ${height}, ${sheet.length} bytes`);
