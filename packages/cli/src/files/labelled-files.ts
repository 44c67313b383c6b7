import { lstat, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { OpenFile } from '@symbolon/client';
import { systemCode } from '../errors.ts';
import { nameOf } from './label.ts';
import { readPlain } from './source.ts';
import { type ZipItem, zipSources } from './zip.ts';

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']);

/** What no name of a file can be, and what a path could use to get out of its folder. */
function leadsElsewhere(name: Buffer): boolean {
  const text = name.toString('latin1');
  return text === '' || text === '.' || text === '..' || /[/\0]/.test(text) || (sep === '\\' && /[\\:]/.test(text));
}

/**
 * Opens files by the names that a receipt gives them, beneath a folder and never outside it: a receipt comes from
 * elsewhere, and its names are not to be followed anywhere.
 */
export function labelledFiles(folder: string): OpenFile {
  // The entries of the zip that was asked for last: a receipt lists those of one archive together.
  let listed: { label: string; items: Promise<Map<string, ZipItem>> } | undefined;

  async function beneath(label: string): Promise<Buffer | undefined> {
    const parts = label.split('/').map(nameOf);
    if (parts.some(leadsElsewhere)) return undefined;
    const root = await realpath(folder);
    let path = Buffer.from(root);
    for (const [at, part] of parts.entries()) {
      path = Buffer.concat([path, Buffer.from(sep), part]);
      const stats = await lstat(path).catch((error: unknown) => {
        if (absent.has(systemCode(error))) return undefined;
        throw error;
      });
      const last = at === parts.length - 1;
      if (stats === undefined || (last ? !stats.isFile() : !stats.isDirectory())) return undefined;
    }
    return path;
  }

  async function inZip(label: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const mark = label.indexOf('!/');
    if (mark < 0) return undefined;
    const archive = label.slice(0, mark);
    const path = await beneath(archive);
    if (path === undefined) return undefined;
    if (listed?.label !== archive) listed = { label: archive, items: byLabel(zipSources(archive, path)) };
    const item = (await listed.items).get(label);
    return item !== undefined && 'read' in item ? item.read() : undefined;
  }

  return async (label) => {
    const path = await beneath(label);
    return path === undefined ? inZip(label) : readPlain(path);
  };
}

async function byLabel(items: Promise<ZipItem[]>): Promise<Map<string, ZipItem>> {
  return new Map((await items).map((item) => [item.label, item]));
}
