import { runLimited } from './limited-child.ts';
import { type ElementRead, pathOf, type Reading } from './reading.ts';

/** As the file stands: nothing corrected, and control characters quoted, so that an element is a line. */
const asItStands = ['--disable-correction', '--quote-nonascii'];
const filesAtOnce = 50;

/** Reads files with dcmdump, fifty in one process; those of which nothing was printed again, each alone. */
export async function readWithDcmdump(paths: readonly string[]): Promise<Reading[]> {
  const printed = new Map<string, string>();
  for (let from = 0; from < paths.length; from += filesAtOnce) {
    const batch = paths.slice(from, from + filesAtOnce);
    const { stdout } = await runLimited('dcmdump', [...asItStands, '--quiet', '--print-filename', ...batch]);
    const [, ...dumps] = stdout.split(/^# dcmdump \(\d+\/\d+\): /m);
    for (const dump of dumps) {
      const path = dump.slice(0, dump.indexOf('\n'));
      if (dump.includes('# Dicom-Data-Set')) printed.set(path, dump);
    }
  }
  return Promise.all(paths.map((path) => readingOf(path, printed.get(path))));
}

async function readingOf(path: string, printed: string | undefined): Promise<Reading> {
  if (printed !== undefined) return { elements: elementsOf(printed) };
  const alone = await runLimited('dcmdump', [...asItStands, path]);
  if (alone.status === 0) return { elements: elementsOf(alone.stdout) };
  if (alone.signal !== null) return { failed: 'crashed', why: alone.signal };
  return { failed: 'refused', why: alone.stderr.split('\n')[0] ?? '' };
}

const elementLine = /^( *)\(([0-9a-f]{4}),([0-9a-f]{4})\) (\S\S) .*# *(\d+|u\/l), *\d+ /;

function elementsOf(dump: string): Map<string, ElementRead> {
  const elements = new Map<string, { -readonly [K in keyof ElementRead]: ElementRead[K] }>();
  /** What is open at each depth: the last element there, and the prefix of what stands in its last item. */
  const open: { path: string; prefix: string }[] = [];
  for (const line of dump.split('\n')) {
    const found = elementLine.exec(line);
    if (found === null) continue;
    const [, indent, group, number, vr, length] = found as unknown as [string, string, string, string, string, string];
    const depth = indent.length / 2;
    const tag = (group + number).toUpperCase();
    if (group === 'fffe') {
      const owner = open[depth - 1];
      const element = owner && elements.get(owner.path);
      if (owner === undefined || element === undefined || tag !== 'FFFEE000') continue;
      if (vr === 'pi') element.fragments = [...(element.fragments ?? []), Number(length)];
      else {
        element.items = (element.items ?? 0) + 1;
        // An item's elements stand one deeper than the item.
        open[depth] = { path: '', prefix: `${owner.path}[${element.items - 1}].` };
      }
      continue;
    }
    const prefix = depth === 0 ? '' : (open[depth - 1]?.prefix ?? '?');
    const path = pathOf(prefix, tag);
    elements.set(path, { vr, length: length === 'u/l' ? 'undefined' : Number(length) });
    if (vr === 'SQ') elements.get(path)!.items = 0;
    open[depth] = { path, prefix };
  }
  return elements;
}
