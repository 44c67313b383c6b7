import { join } from 'node:path';
import { runLimited } from './limited-child.ts';
import { hashed } from './our-reading.ts';
import type { ElementRead, Reading } from './reading.ts';

/** Debian's own Python: another one on the path would not see Debian's package. */
export const python = '/usr/bin/python3';

type Line =
  | { readonly refused: string }
  | {
      readonly elements: readonly [
        path: string,
        vr: string,
        length: number | null,
        items: number | null,
        sha256: string | null,
        texts: unknown,
        json: unknown,
      ][];
    };

/** Reads files with pydicom, all of them in one process; where it dies, in another one from the file after. */
export async function readWithPydicom(paths: readonly string[]): Promise<Reading[]> {
  const script = join(import.meta.dirname, 'read_with_pydicom.py');
  const readings: Reading[] = [];
  while (readings.length < paths.length) {
    const ended = await runLimited(python, [script], paths.slice(readings.length).join('\0'));
    readings.push(...ended.stdout.split('\n').slice(0, -1).map(readingOf));
    if (readings.length < paths.length)
      readings.push({ failed: 'crashed', why: ended.signal ?? `status ${ended.status}` });
  }
  return readings;
}

function readingOf(line: string): Reading {
  const told: Line = JSON.parse(line);
  if ('refused' in told) return { failed: 'refused', why: told.refused };
  const elements = new Map<string, ElementRead>();
  for (const [path, vr, length, items, sha256, texts, json] of told.elements) {
    elements.set(path, {
      vr,
      length: length === 0xffffffff ? 'undefined' : (length ?? undefined),
      items: items ?? undefined,
      sha256: sha256 ?? undefined,
      texts: texts ?? undefined,
      json: json === null ? undefined : hashed(json),
    });
  }
  return { elements };
}
