import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runLimited } from '../dicom/limited-child.ts';

export type BitmapPicture = {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
};

const jpegLs = /^1\.2\.840\.10008\.1\.2\.4\.8[01]$/;
const jpeg2000 = /^1\.2\.840\.10008\.1\.2\.4\.(9[0-3]|20[1-3])$/;

let last = 0;

/**
 * A frame, counted from 1, as DCMTK shows it, in a child process with limits; or why it shows none. What it cannot decode is
 * decompressed by GDCM first.
 */
export async function pictureByDcmtk(
  folder: string,
  path: string,
  transferSyntax: string,
  frame: number,
  how: readonly string[],
): Promise<BitmapPicture | string> {
  const name = join(folder, String(last++));
  const [native, bitmap] = [`${name}.dcm`, `${name}.pnm`];
  try {
    let from = path;
    if (jpeg2000.test(transferSyntax)) {
      const { status } = await runLimited('gdcmconv', ['--raw', path, native]);
      if (status !== 0) return 'GDCM does not decompress it';
      from = native;
    }
    const tool = jpegLs.test(transferSyntax) ? 'dcml2pnm' : 'dcmj2pnm';
    const ended = await runLimited(tool, ['-q', '+F', String(frame), ...how, '+op', from, bitmap]);
    if (ended.signal !== null) return 'DCMTK crashes';
    return ended.status === 0 ? readPnm(await readFile(bitmap)) : 'DCMTK shows none';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'DCMTK shows none';
    throw error;
  } finally {
    await rm(native, { force: true });
    await rm(bitmap, { force: true });
  }
}

/** P5 or P6: kind, comments, width, height, greatest level, one blank, samples. */
function readPnm(bytes: Uint8Array): BitmapPicture {
  const header = /^P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+255\s/.exec(
    Buffer.from(bytes.subarray(0, 400)).toString('latin1'),
  );
  if (!header) throw new Error('not a bitmap as it was asked for');
  const [whole, kind, width, height] = header as unknown as [string, string, string, string];
  const channels = kind === '6' ? 3 : 1;
  return { width: Number(width), height: Number(height), channels, pixels: bytes.subarray(whole.length) };
}
