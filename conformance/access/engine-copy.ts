import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkoutRoot } from '@symbolon/testbed';

/** What of the source decides who may do what, without a database: it can be imported from anywhere. */
const contract = ['packages/contract/package.json', 'packages/contract/src'];
const server = ['packages/server/package.json', 'packages/server/src/access', 'packages/server/src/studies/thing.ts'];

/** The engine's functions. Not typed by the source: a mutant is another source. */
export type Engine = {
  readonly contract: typeof import('@symbolon/contract');
  readonly access: typeof import('../../packages/server/src/access/index.ts');
  readonly thing: typeof import('../../packages/server/src/studies/thing.ts');
};

/** One change of one file: the first place where `find` matches. */
export type Mutant = { readonly name: string; readonly file: string; readonly find: RegExp; readonly put: string };

/** The source with a mutant in it. Throws where there is no such place any more: then the mutant has to be written anew. */
function mutated(source: string, { name, find, put }: Mutant): string {
  const after = source.replace(find, put);
  if (after === source) throw new Error(`the mutant "${name}" finds nothing to change`);
  return after;
}

/** Copies of the engine in a folder of their own, each by itself in memory. */
export async function engineCopies() {
  const folder = await mkdtemp('/tmp/sx-engine-');
  const modules = join(checkoutRoot, 'node_modules');
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(modules))
    if (name !== '@symbolon') await symlink(join(modules, name), join(folder, 'node_modules', name));
  let copies = 0;
  return {
    async copy(mutant?: Mutant): Promise<Engine> {
      copies += 1;
      const own = join(folder, String(copies));
      // Most mistakes are in the server: the contract is then the one that is there.
      const ownContract = mutant?.file.startsWith('packages/contract/') === true;
      for (const part of ownContract ? [...contract, ...server] : server) {
        await mkdir(dirname(join(own, part)), { recursive: true });
        await cp(join(checkoutRoot, part), join(own, part), { recursive: true });
      }
      await mkdir(join(own, 'node_modules/@symbolon'), { recursive: true });
      await symlink(
        join(ownContract ? own : checkoutRoot, 'packages/contract'),
        join(own, 'node_modules/@symbolon/contract'),
      );
      if (mutant) {
        const file = join(own, mutant.file);
        await writeFile(file, mutated(await readFile(file, 'utf8'), mutant));
      }
      const load = (file: string) => import(/* @vite-ignore */ pathToFileURL(file).href);
      return {
        contract: await load(join(ownContract ? own : checkoutRoot, 'packages/contract/src/index.ts')),
        access: await load(join(own, 'packages/server/src/access/index.ts')),
        thing: await load(join(own, 'packages/server/src/studies/thing.ts')),
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
