import { openFile } from '../../../packages/pixels/src/open-file.fixture.ts';

/** SHA-256 of the first frame of a file, as it is decoded and as it is shown. */
export async function digestOfFrame(file: Uint8Array): Promise<string> {
  const opened = await openFile(file);
  const { words } = await opened.frame(0);
  const { pixels } = await opened.show(0);
  const bytes = new Uint8Array(words.byteLength + pixels.byteLength);
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  bytes.set(pixels, words.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
