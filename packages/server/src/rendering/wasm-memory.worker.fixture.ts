import { parentPort } from 'node:worker_threads';
import { boundWasmMemory, grownBytes } from './wasm-memory.ts';

/** What a codec would see that grows its memory a megabyte at a time, in a thread where all may have ten. */
boundWasmMemory(10 * 1024 * 1024);
const [one, other] = [1, 2].map(() => new WebAssembly.Memory({ initial: 16 })) as [
  WebAssembly.Memory,
  WebAssembly.Memory,
];
const grown: string[] = [];
for (const memory of [one, one, one, other, other, other, other, other, other]) {
  try {
    memory.grow(16);
    grown.push('grown');
  } catch (error) {
    grown.push((error as Error).name);
  }
}
parentPort?.postMessage({ grown, bytes: grownBytes() });
