import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded by a program under test before itself: remembers which file each of its imports is, for the next program of the run.
 * What is found is what Node finds; to look for a thousand modules again, at each start, takes a fifth of it. Nothing in a
 * checkout moves while its tests run, and each checkout has addresses of its own.
 *
 * `?in=FOLDER` behind the address says where that is kept.
 */
type Found = readonly [url: string, format: string | null | undefined];
type Known = Record<string, Record<string, Found>>;

const folder = new URL(import.meta.url).searchParams.get('in') ?? '';
const file = join(folder, 'resolved.json');
const known = read();
let news = false;

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL: by, conditions } = context;
    // Another importer may say another thing by the same words, and `require` means other files than `import`.
    if (by === undefined || !by.startsWith('file:') || !conditions.includes('import')) return next(specifier, context);
    // biome-ignore lint/suspicious/noAssignInExpressions: one place for what one module imports
    const ofImporter = (known[by] ??= {});
    const found = ofImporter[specifier];
    if (found) return { url: found[0], format: found[1], shortCircuit: true };
    const resolved = next(specifier, context);
    ofImporter[specifier] = [resolved.url, resolved.format];
    news = true;
    return resolved;
  },
});

if (isMainThread) process.once('exit', keep);

function read(): Known {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Known;
  } catch {
    return {};
  }
}

/** Beside what others kept meanwhile. Who cannot write there, such as another user, has found it all the same. */
function keep(): void {
  if (!news) return;
  const all = read();
  for (const [by, found] of Object.entries(known)) all[by] = { ...all[by], ...found };
  try {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify(all));
    renameSync(fresh, file);
  } catch {}
}
