/**
 * Feeds a 250 MB object to a splitter in chunks of 64 KiB and prints how far memory rose, as JSON.
 *
 *     node --expose-gc large-object.fixture.ts native|fragments
 */
import { StreamSplitter } from '../index.ts';
import { concat, element, part10, u32, uid } from '../part10.fixture.ts';

const imageBytes = 250 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const fragmentBytes = 32 * 1024;
const inFragments = process.argv[2] === 'fragments';

const head = part10(
  inFragments ? uid.jpeg : uid.explicit,
  element(0x00100020, 'LO', 'PAT1'),
  element(0x7fe00010, 'OW', new Uint8Array(0), undefined, inFragments ? 0xffffffff : imageBytes),
  inFragments ? Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0) : new Uint8Array(0),
);
const one = new Uint8Array(chunkBytes);
if (inFragments) {
  const item = concat(Uint8Array.of(0xfe, 0xff, 0x00, 0xe0), u32(fragmentBytes - 8));
  for (let at = 0; at < chunkBytes; at += fragmentBytes) one.set(item, at);
}
const delimiter = inFragments ? Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0) : new Uint8Array(0);

async function held(): Promise<number> {
  // Chunks that nobody holds are freed beside the program, a little later.
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + Math.max(arrayBuffers, external);
}

const before = await held();
let peak = 0;
let image = 0;
const splitter = new StreamSplitter();
const feed = (chunk: Uint8Array): void => {
  for (const part of splitter.feed(chunk)) image += part.length;
};
feed(head);
for (let at = 0; at < imageBytes; at += chunkBytes) {
  // As from a socket: each chunk is memory of its own.
  feed(one.slice());
  if ((at / chunkBytes) % 200 === 0) peak = Math.max(peak, await held());
}
feed(delimiter);
const { imageBytes: told } = splitter.finish();
peak = Math.max(peak, await held());
if (told !== image) throw new Error('the image half was not handed on whole');
console.log(JSON.stringify({ peakBytes: peak - before, imageBytes: image }));
