import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What goes into the app, seen from the checkout's root. What is not there is not missed. */
const parts = [
  'packages/web/src',
  'packages/web/pages',
  'packages/web/index.html',
  'packages/web/vite.config.ts',
  'packages/web/package.json',
  ...['client', 'contract', 'dicom', 'vault', 'pixels'].flatMap((name) => [
    `packages/${name}/src`,
    `packages/${name}/package.json`,
  ]),
  'package-lock.json',
];

const isTest = (path: string): boolean => /\.(test|suite|testing|bench)\.tsx?$/.test(path);

async function filesBelow(path: string): Promise<string[]> {
  try {
    const found = await readdir(path, { withFileTypes: true, recursive: true });
    return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}

/** A digest over every source of the app, tests apart: the same sources make the same app. */
export async function digestOfSources(root: string): Promise<string> {
  const files = (await Promise.all(parts.map((part) => filesBelow(join(root, part))))).flat();
  const digest = createHash('sha256');
  for (const file of files.filter((path) => !isTest(path)).sort()) {
    const bytes = await readFile(file);
    digest.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest('hex').slice(0, 20);
}
