import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { PagesError } from './errors.ts';
import { digestOfSources } from './sources.ts';
import { takeTurn } from './turn.ts';

const run = promisify(execFile);

/** `out of date`: an earlier build, since this checkout cannot be written. */
export type BuiltPages = {
  readonly folder: string;
  readonly how: 'built' | 'up to date' | 'out of date';
  readonly ms: number;
};

/**
 * `root`: the checkout. `dist`: holds one folder for each build, named by the digest of its sources. `mayWrite` makes that
 * folder, and throws what the system says where it may not be written.
 */
export type BuildOptions = {
  readonly root: string;
  readonly dist: string;
  readonly mayWrite?: (dist: string) => Promise<void>;
};

async function makeWritable(dist: string): Promise<void> {
  await mkdir(dist, { recursive: true });
  await access(dist, constants.W_OK);
}

const unfinished = 'building-';
/** An unfinished build as old as this was left behind by a process that died. */
const leftBehindMs = 10 * 60_000;

/**
 * Builds the app when its sources changed since it was built last. A folder under its own name is a whole build: it is
 * made under another and renamed.
 */
export async function buildPages({ root, dist, mayWrite = makeWritable }: BuildOptions): Promise<BuiltPages> {
  const start = performance.now();
  const done = (folder: string, how: BuiltPages['how']): BuiltPages => ({ folder, how, ms: performance.now() - start });
  const digest = await digestOfSources(root);
  const folder = join(dist, digest);
  if (await exists(folder)) return done(folder, 'up to date');
  try {
    await mayWrite(dist);
    const turn = await takeTurn(join(dist, 'turn'));
    try {
      if (await exists(folder)) return done(folder, 'up to date');
      await sweep(dist, digest);
      await build(root, dist, folder);
      return done(folder, 'built');
    } finally {
      await turn.release();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EROFS', 'EPERM'].includes(code)) throw error;
    const earlier = await newestBuild(dist);
    if (earlier !== undefined) return done(earlier, 'out of date');
    throw new PagesError(
      `The pages have to be built, and this user may not write to ${dist} (${code}). ` +
        'Start the exchange once as the owner of the checkout, or give this user that folder.',
      { cause: error },
    );
  }
}

async function build(root: string, dist: string, folder: string): Promise<void> {
  const building = await mkdtemp(join(dist, unfinished));
  try {
    await run(process.execPath, [join(root, 'packages/web/pages/vite-build.ts'), building], {
      cwd: root,
      env: { NODE_ENV: 'production', NO_COLOR: '1' },
      maxBuffer: 16 * 1024 * 1024,
    }).catch((error: { stderr?: string }) => {
      const told = stripVTControlCharacters(error.stderr ?? '')
        .trim()
        .split('\n')
        .slice(0, 12)
        .join('\n');
      throw new PagesError(
        `Building the pages failed. Undo what was changed in packages/web, or run "npm ci" if a package is missing.\n${told}`,
      );
    });
    // A temporary folder is for its maker alone; this one may be served by an exchange of another user.
    await chmod(building, 0o755);
    await rename(building, folder).catch((error: NodeJS.ErrnoException) => {
      // Somebody else made the very same.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Whole builds, the newest first. */
async function builds(dist: string): Promise<{ readonly name: string; readonly mtimeMs: number }[]> {
  const names = (await readdir(dist)).filter((name) => /^[0-9a-f]{20}$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => ({ name, mtimeMs: (await stat(join(dist, name))).mtimeMs })),
  );
  return found.sort((a, b) => b.mtimeMs - a.mtimeMs);
}

async function newestBuild(dist: string): Promise<string | undefined> {
  const [newest] = await builds(dist).catch(() => []);
  return newest === undefined ? undefined : join(dist, newest.name);
}

/** Exchanges that run have their pages in memory; the last build stays for whoever goes back one change. */
async function sweep(dist: string, digest: string): Promise<void> {
  const old = (await builds(dist)).filter(({ name }) => name !== digest).slice(1);
  for (const { name } of old) await rm(join(dist, name), { recursive: true, force: true });
  for (const name of (await readdir(dist)).filter((one) => one.startsWith(unfinished))) {
    const { mtimeMs } = await stat(join(dist, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > leftBehindMs) await rm(join(dist, name), { recursive: true, force: true });
  }
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
