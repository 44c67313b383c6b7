import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One file as a browser gets it; `br` and `gzip` where the build made them. */
export type Asset = {
  readonly type: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
};

/** A build of the web app in memory: what is not here is not served, whatever an address says. */
export type BuiltPages = { readonly html: string; readonly assets: ReadonlyMap<string, Asset> };

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** No build of ours comes near; a folder that is not a build must not fill the memory. */
const maxFiles = 1000;
const maxBytes = 64 * 1024 * 1024;

/** Reads what `packages/web/pages` built. It is read once: a later build needs another start. */
export async function readBuiltPages(folder: string): Promise<BuiltPages> {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const names = await readdir(join(folder, 'assets'));
  if (names.length > maxFiles) throw new Error(`${folder} is not a build of the pages: it has ${names.length} files`);
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (const name of names) {
    const file = join(folder, 'assets', name);
    bytes += (await stat(file)).size;
    if (bytes > maxBytes) throw new Error(`${folder} is not a build of the pages: it is larger than ${maxBytes} bytes`);
    files.set(name, await readFile(file));
  }
  const assets = new Map<string, Asset>();
  for (const [name, plain] of files) {
    const type = types[extname(name)];
    if (type !== undefined)
      assets.set(name, { type, plain, br: files.get(`${name}.br`), gzip: files.get(`${name}.gz`) });
  }
  return { html, assets };
}
