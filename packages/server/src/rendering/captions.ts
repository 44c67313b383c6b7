import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';
import type { Captions } from './frame-job.ts';
import type { ShownSize } from './shown-size.ts';

/** A font that is there on every machine; what it cannot write comes from those of the machine. */
const fontfile = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
/** So many lines of text fit one below the other, and no letter is smaller or larger. Pixels. */
const [linesPerHeight, leastSize, mostSize] = [40, 10, 64];
const maxCharacters = 96;

/** The captions as pictures to be laid over one of this size, white on a dark ground, none larger than it. */
export async function captionsOver(shown: ShownSize, { top, bottom }: Captions): Promise<OverlayOptions[]> {
  const size = Math.min(mostSize, Math.max(leastSize, Math.round(shown.height / linesPerHeight)));
  const margin = Math.floor(size / 3);
  const room = { width: shown.width - 2 * margin, height: Math.floor(shown.height / 2) - margin };
  if (room.width < 1 || room.height < 1) return [];
  const above = await block(top, size, room);
  const below = await block(bottom, size, room);
  return [
    ...(above ? [{ input: above.data, top: margin, left: margin }] : []),
    ...(below ? [{ input: below.data, top: shown.height - margin - below.info.height, left: margin }] : []),
  ];
}

async function block(lines: readonly string[], size: number, room: ShownSize) {
  if (lines.length === 0) return undefined;
  const words = lines.map(plain).join('\n');
  const text = `<span foreground="white" background="black" background_alpha="55%">${words}</span>`;
  const written = await sharp({ text: { text, fontfile, font: `DejaVu Sans ${size}`, dpi: 72, rgba: true } })
    .png({ compressionLevel: 0 })
    .toBuffer()
    .catch(unlessUnseen);
  if (written === undefined) return undefined;
  return sharp(written)
    .resize({ ...room, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
}

/** Of some letters nothing is ever seen: a name of a filler alone leaves the picture as it is. */
function unlessUnseen(error: unknown): undefined {
  if (!(error instanceof Error && error.message.includes('no text to render'))) throw error;
}

/** Foreign text as letters and nothing else: no markup, no control, nothing that turns the direction of what follows, and not long. */
function plain(line: string): string {
  const letters = line
    .slice(0, 4 * maxCharacters)
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
  const short = [...letters].slice(0, maxCharacters).join('');
  return short.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one] as string);
}
