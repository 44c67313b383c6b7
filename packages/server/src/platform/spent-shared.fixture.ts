/** Holds memory that threads share until it is old, lets it go, and says how many of so many pieces stay: a program of its own, since V8 is told as it starts. */
import { setTimeout as wait } from 'node:timers/promises';
import { collectSpentBuffers, sharedIsSpent } from './spent-buffers.ts';

const pieceBytes = 16 * 1024 * 1024;
const [pieces = 0, spent = 0] = process.argv.slice(2).map(Number);
collectSpentBuffers();

let left = pieces;
const registry = new FinalizationRegistry(() => {
  left -= 1;
});
let kept = Array.from({ length: pieces }, () => new SharedArrayBuffer(pieceBytes));
for (const piece of kept) registry.register(piece, undefined);
for (let young = 0; young < 3; young += 1) globalThis.gc?.({ type: 'minor' });
kept = kept.slice(spent);
for (let at = 0; at < spent; at += 1) sharedIsSpent(pieceBytes);
for (let waited = 0; left > kept.length && waited < 30_000; waited += 50) await wait(50);
process.stdout.write(`${left}`);
