import { join } from 'node:path';
import { runLimited } from '../dicom/limited-child.ts';
import { python } from '../dicom/pydicom-reading.ts';

export const tools = ['dcmtk', 'gdcm', 'pydicom'] as const;
export type Tool = (typeof tools)[number];

/** All three in one: Debian's Python reads the files, and calls the tools of DCMTK. */
export const decoders = {
  command: python,
  package: 'python3-pydicom python3-numpy python3-gdcm dcmtk',
  probe: ['-c', 'import pydicom, numpy, gdcm, shutil, sys; sys.exit(shutil.which("dcmdjpeg") is None)'],
};

export type Decoded = {
  readonly photometric: string;
  readonly frames: number;
  readonly values: readonly { readonly frame: number; readonly sha1: string; readonly file: string | null }[];
};
export type Outcome = { readonly refused: string } | Decoded;

/** So many files share a child: what it is allowed of time is for all of them. */
const filesAChild = 60;

/** What one toolkit makes of each file, in their order; where it dies, another child goes on with the file after. */
export async function decodeWith(tool: Tool, paths: readonly string[], folder: string): Promise<Outcome[]> {
  const script = join(import.meta.dirname, 'decode_with_others.py');
  const outcomes: Outcome[] = [];
  while (outcomes.length < paths.length) {
    const some = paths.slice(outcomes.length, outcomes.length + filesAChild);
    const ended = await runLimited(python, [script, tool, folder, String(outcomes.length)], some.join('\0'));
    const told = ended.stdout.split('\n').filter((line) => line.startsWith('='));
    outcomes.push(...told.map((line) => JSON.parse(line.slice(1)) as Outcome));
    if (told.length < some.length) outcomes.push({ refused: 'crashed' });
  }
  return outcomes;
}
