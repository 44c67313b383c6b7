import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkoutRoot } from '../checkout.ts';

export type RealFile = {
  readonly path: string;
  /** The path below its collection: the same on every machine. */
  readonly name: string;
  readonly source: 'corpus' | 'pydicom';
  /** The row of the corpus's MANIFEST.tsv; pydicom's files have none, and no word on whether they are valid. */
  readonly class?: 'valid-common' | 'valid-exotic' | 'malformed';
  readonly kind?: string;
  readonly quirk?: string;
  /** What other readers made of it: `{ dcmdump: 'ok', pydicom: 'rej', … }`. */
  readonly tools?: Readonly<Record<string, string>>;
};

const pydicomData = '/usr/lib/python3/dist-packages/pydicom/data';

/** DICOM files that nobody on this project wrote: Debian's pydicom, and the corpus where there is one. */
export function realFiles(): RealFile[] {
  return [...pydicomFiles(), ...corpusFiles()];
}

function pydicomFiles(): RealFile[] {
  const files: RealFile[] = [];
  for (const folder of ['test_files', 'charset_files']) {
    const root = join(pydicomData, folder);
    if (!existsSync(root)) continue;
    for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(root, entry);
      if (statSync(path).isFile() && looksLikeDicom(path)) {
        files.push({ path, name: relative(pydicomData, path), source: 'pydicom' });
      }
    }
  }
  return files;
}

/** Some of pydicom's files have no preamble on purpose; their names say what they are. */
function looksLikeDicom(path: string): boolean {
  if (/\.dcm$/i.test(path)) return true;
  const head = Buffer.alloc(132);
  const handle = openSync(path, 'r');
  readSync(handle, head, 0, 132, 0);
  closeSync(handle);
  return head.toString('latin1', 128) === 'DICM';
}

function corpusFiles(): RealFile[] {
  const root = process.env.SYMBOLON_CORPUS ?? join(checkoutRoot, '../shared/corpus');
  const manifest = join(root, 'MANIFEST.tsv');
  if (!existsSync(manifest)) return [];
  const [heading, ...lines] = readFileSync(manifest, 'utf8').trimEnd().split('\n');
  const columns = heading!.split('\t');
  const files: RealFile[] = [];
  for (const line of lines) {
    const cells = line.split('\t');
    const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
    if (cell('kind') !== 'dicom') continue;
    files.push({
      path: join(root, cell('path')),
      name: cell('path'),
      source: 'corpus',
      class: cell('class') as NonNullable<RealFile['class']>,
      kind: cell('kind'),
      quirk: cell('quirk'),
      tools: Object.fromEntries([...cell('tools').matchAll(/(\S+?)=(\S+)/g)].map((pair) => [pair[1]!, pair[2]!])),
    });
  }
  return files;
}
