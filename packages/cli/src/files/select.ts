import { SourceError } from '@symbolon/client';
import { fileSource, looksLikeZipName, type Source } from './source.ts';
import { findFiles } from './walk.ts';
import { looksLikeZip, zipSources } from './zip.ts';

export type Refused = {
  readonly path: string;
  readonly sha256?: string;
  readonly code: string;
  readonly reason: string;
};

/** What a command line names: files to be looked at, and what could not even be opened. */
export type Selection = {
  readonly folder: string;
  readonly sources: readonly Source[];
  readonly bytes: number;
  readonly refused: readonly Refused[];
  /** How many of each kind were passed over. */
  readonly leftOut: ReadonlyMap<string, number>;
};

export async function selectFiles(paths: readonly string[], signal: AbortSignal): Promise<Selection> {
  const { folder, found } = await findFiles(paths);
  const sources: Source[] = [];
  const refused: Refused[] = [];
  const leftOut = new Map<string, number>();
  for await (const item of found) {
    if (signal.aborted) break;
    if (item.kind === 'left out') leftOut.set(item.why, (leftOut.get(item.why) ?? 0) + 1);
    else if (item.kind === 'unreadable') refused.push({ path: item.label, code: 'FILE_UNREADABLE', reason: item.why });
    else if (!(item.given || looksLikeZipName(item.label))) sources.push(fileSource(item.label, item.path, item.bytes));
    else await open(item.label, item.path, item.bytes);
  }
  return { folder, sources, refused, leftOut, bytes: sources.reduce((sum, source) => sum + source.bytes, 0) };

  async function open(label: string, path: Buffer, bytes: number): Promise<void> {
    try {
      if (!(await looksLikeZip(path))) sources.push(fileSource(label, path, bytes));
      else {
        for (const item of await zipSources(label, path)) {
          if ('read' in item) sources.push(item);
          else refused.push({ path: item.label, code: item.error.code, reason: item.error.message });
        }
      }
    } catch (error) {
      const told = error instanceof SourceError ? error : undefined;
      refused.push({
        path: label,
        code: told?.code ?? 'FILE_UNREADABLE',
        reason: told?.message ?? 'it cannot be read',
      });
    }
  }
}
