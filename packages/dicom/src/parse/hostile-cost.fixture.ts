/**
 * Parses one hostile file and prints what it cost, as JSON: milliseconds, and how far resident memory rose above what the
 * file itself takes.
 *
 *     node --expose-gc hostile-cost.fixture.ts INDEX
 */
import { parseFile, split } from '../index.ts';
import { codeOf } from '../part10.fixture.ts';
import { vectors } from './hostile-vectors.fixture.ts';

const { bytes, options } = vectors[Number(process.argv[2])]!;
const input = bytes();
// What is needed once for all files is loaded by a small one.
codeOf(() => split(parseFile(input.subarray(0, 400), options)));
globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 50));
const before = process.memoryUsage().rss;
const from = performance.now();
codeOf(() => split(parseFile(input, options)));
const ms = performance.now() - from;
const peakBytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before);
console.log(JSON.stringify({ ms, peakBytes, bytes: input.length }));
