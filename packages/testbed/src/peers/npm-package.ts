import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutRoot } from '../checkout.ts';

/** What somebody published on the npm registry and tests look at as it is, without anything that it depends on. */
export type NpmPackage = {
  readonly name: string;
  readonly version: string;
  /** Of the tarball, as the registry and lockfiles write it. */
  readonly integrity: `sha512-${string}`;
  /** What of it nobody needs: patterns of paths in the tarball. */
  readonly leaveOut?: readonly string[];
};

/** Beside what is installed: no commit has it, and it goes where everything goes that was fetched. */
const cache = join(checkoutRoot, 'node_modules/.cache/symbolon');

/**
 * The folder of a package, fetched and unpacked where no earlier test has done so. It is kept beside what is installed, and counts
 * only where its tarball has the digest that is asked for.
 *
 * @throws Error where it cannot be fetched, or is another
 */
export async function npmPackage({ name, version, integrity, leaveOut = [] }: NpmPackage): Promise<string> {
  const folder = join(cache, `${name.replace(/[^\w.-]+/g, '-')}-${version}`);
  if (existsSync(folder)) return join(folder, 'package');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetching-'));
  try {
    const how = [
      `--pack-destination=${work}`,
      '--loglevel=error',
      '--ignore-scripts',
      '--fetch-retries=1',
      '--fetch-timeout=60000',
    ];
    const tarball = (await run('npm', ['pack', `${name}@${version}`, ...how], work)).trim();
    const bytes = await readFile(join(work, tarball));
    const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} ${version} is not the one that is asked for: ${found}`);
    const unpacked = join(work, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xzf', tarball, '-C', unpacked, ...leaveOut.map((pattern) => `--exclude=${pattern}`)], work);
    // Another test may have been quicker: its folder is the same.
    await rename(unpacked, folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(folder, 'package');
}

function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', failed);
    child.on('close', (code) =>
      code === 0 ? done(out) : failed(new Error(`${command} ${args[0]} ended with ${code}: ${said.trim() || out}`)),
    );
  });
}
