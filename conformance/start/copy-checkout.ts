import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutRoot } from '@symbolon/testbed';

export type CheckoutCopy = { readonly folder: string; readonly remove: () => Promise<void> };

/**
 * A copy of the source that a test may bend, or in which it may run npm: what that does to `node_modules` happens to a
 * folder of links, never to the packages that everybody else is using.
 */
export async function copyCheckout(): Promise<CheckoutCopy> {
  const folder = await mkdtemp('/tmp/sx-checkout-');
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'tools', 'packages']) {
    await cp(join(checkoutRoot, name), join(folder, name), {
      recursive: true,
      verbatimSymlinks: true,
      force: true,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@symbolon'), { recursive: true });
  for (const name of await readdir(join(checkoutRoot, 'node_modules'))) {
    if (name === '@symbolon' || name === '.symbolon-installed') continue;
    await symlink(join(checkoutRoot, 'node_modules', name), join(modules, name));
  }
  for (const name of await readdir(join(folder, 'packages'))) {
    await symlink(join(folder, 'packages', name), join(modules, '@symbolon', name));
  }
  // What tools/with-install.sh writes once it has installed: nothing is fetched for the copy.
  const stamp = execFileSync('cksum', ['package-lock.json'], { cwd: folder, encoding: 'utf8' }).trimEnd();
  await writeFile(join(modules, '.symbolon-installed'), stamp);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
