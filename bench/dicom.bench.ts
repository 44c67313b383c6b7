/**
 * The DICOM core beside what others use: the header of a CT slice parsed and split, by us, by dicom-parser to the pixel
 * data and by dcmjs to the pixel data, one after another in every round; a 250 MB object in chunks of 64 KiB; and what
 * hostile files cost, each in a process of its own.
 *
 * Prints a line of JSON a figure. Ratios count: absolute times say little on a shared machine.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFile, parseHeader, split } from '@symbolon/dicom';
import { ctStudy } from '@symbolon/testbed';
// @ts-expect-error It says nothing of its types.
import dcmjs from 'dcmjs';
import dicomParser from 'dicom-parser';
import { vectors } from '../packages/dicom/src/parse/hostile-vectors.fixture.ts';

dcmjs.log.setLevel('silent');

const rounds = Number(process.env.ROUNDS ?? 15);
const source = join(import.meta.dirname, '../packages/dicom/src');
const pydicomCt = '/usr/lib/python3/dist-packages/pydicom/data/test_files/CT_small.dcm';

function print(metric: string, value: number, unit: string, n = rounds): void {
  console.log(JSON.stringify({ metric, value: Number(value.toPrecision(4)), unit, n }));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Units: microseconds a call. */
function timed(call: () => unknown, calls: number): number {
  const from = performance.now();
  for (let at = 0; at < calls; at++) call();
  return ((performance.now() - from) / calls) * 1000;
}

function headers(label: string, bytes: Uint8Array<ArrayBuffer>): void {
  const candidates: Readonly<Record<string, readonly [call: () => unknown, calls: number]>> = {
    'parsed and split': [() => split(parseFile(bytes)), 2_000],
    'header alone': [() => parseHeader(bytes), 2_000],
    'dicom-parser': [() => dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' }), 500],
    dcmjs: [() => dcmjs.data.DicomMessage.readFile(bytes.buffer, { untilTag: '7FE00010' }), 30],
  };
  const times = Object.entries(candidates).map(([name, [call, calls]]) => {
    timed(call, calls);
    return { name, call, calls, all: [] as number[] };
  });
  for (let round = 0; round < rounds; round++) for (const { call, calls, all } of times) all.push(timed(call, calls));
  const elements = parseFile(bytes).dataset.elements.size;
  const [ours, header, parser, js] = times.map(({ all }) => median(all)) as [number, number, number, number];
  print(`${label}, ${elements} elements: parsed and split`, ours, 'µs');
  print(`${label}: header alone`, header, 'µs');
  print(`${label}: dicom-parser to the pixel data`, parser, 'µs');
  print(`${label}: dcmjs to the pixel data`, js, 'µs');
  print(`${label}: × as fast as dicom-parser`, parser / ours, '×');
  print(`${label}: × as fast as dcmjs`, js / ours, '×');
}

function child(file: string, ...args: readonly string[]): Record<string, number> {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', join(source, file), ...args], { encoding: 'utf8' }));
}

const [slice] = [...ctStudy({ seed: 1, slices: 1, rows: 512, columns: 512 })];
headers('CT slice', new Uint8Array(slice!.bytes));
if (existsSync(pydicomCt)) headers('CT_small', new Uint8Array(readFileSync(pydicomCt)));

for (const kind of ['native', 'fragments']) {
  const { peakBytes } = child('split/large-object.fixture.ts', kind);
  print(`250 MB in chunks of 64 KiB, ${kind}: memory`, peakBytes! / 1024 / 1024, 'MiB', 1);
}
for (const [index, { name, outcome }] of vectors.entries()) {
  const { ms, peakBytes, bytes } = child('parse/hostile-cost.fixture.ts', String(index));
  print(`${name} (${outcome}; file)`, bytes! / 1e6, 'MB', 1);
  print(`${name}: time`, ms!, 'ms', 1);
  print(`${name}: memory`, peakBytes! / 1024 / 1024, 'MiB', 1);
}
