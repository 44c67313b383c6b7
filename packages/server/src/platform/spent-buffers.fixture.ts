/** Holds so many MiB of buffers until they are old, lets them go, and says what stays: a program of its own, since V8 is told as it starts. */
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { collectSpentBuffers } from './spent-buffers.ts';

const mebibyte = 1024 * 1024;
const held = (): number => Math.round(getHeapStatistics().external_memory / mebibyte);
const [mebibytes = 0, untilBelow = 0] = process.argv.slice(2).map(Number);
collectSpentBuffers();

let kept = Array.from({ length: mebibytes * 16 }, () => new Uint8Array(mebibyte / 16));
for (let young = 0; young < 3; young += 1) globalThis.gc?.({ type: 'minor' });
if (held() < mebibytes) throw new Error('what is held is not counted');
kept = [];
for (let waited = 0; held() >= untilBelow && waited < 30_000; waited += 50) await wait(50);
process.stdout.write(`${kept.length + held()}`);
