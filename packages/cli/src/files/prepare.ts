import { ClientError, SourceError, type UploadFile } from '@symbolon/client';
import { systemCode } from '../errors.ts';
import { newHasher } from '../exchange/hasher.ts';
import { ByteBudget } from './byte-budget.ts';
import { type Content, closeLook, firstLook } from './content.ts';
import type { Refused } from './select.ts';
import type { Source } from './source.ts';

export type Memory = { readonly budgetBytes: number; readonly largeBytes: number; readonly pageBytes: number };

const mebi = 2 ** 20;

/**
 * How memory is shared: so many bytes for all, files from `largeBytes` on read as they travel, and pages that leave
 * room for one more file, so that the reader is never stuck behind a page that waits for it.
 */
export function memoryFor(connections: number): Memory {
  const budgetBytes = connections * 32 * mebi;
  const largeBytes = Math.min(32 * mebi, budgetBytes / 2);
  return { budgetBytes, largeBytes, pageBytes: Math.min(64 * mebi, budgetBytes - largeBytes) };
}

/** Files in flight between disk and page: enough to hide the disk's answer time. */
const readAhead = 4;

type Told = {
  readonly onRefused: (refused: Refused, bytes: number) => void;
  readonly onLeftOut: (why: string, bytes: number) => void;
};

type Prepared =
  | { readonly file: UploadFile }
  | { readonly content: Exclude<Content, { kind: 'instance' }>; readonly sha256?: string };

/** Reads, checks and digests files, in order and a few ahead, within the budget; what is not to be sent is told. */
export async function* prepare(sources: Iterable<Source>, memory: Memory, told: Told): AsyncGenerator<UploadFile> {
  const budget = new ByteBudget(memory.budgetBytes);
  const ahead: { source: Source; prepared: Promise<Prepared> }[] = [];
  const input = sources[Symbol.iterator]();
  for (;;) {
    while (ahead.length < readAhead) {
      const next = input.next();
      if (next.done) break;
      ahead.push({ source: next.value, prepared: prepareOne(next.value, memory.largeBytes, budget) });
    }
    const first = ahead.shift();
    if (first === undefined) return;
    const prepared = await first.prepared;
    const { label, bytes } = first.source;
    if ('file' in prepared) yield prepared.file;
    else if (prepared.content.kind === 'left out') told.onLeftOut(prepared.content.why, bytes);
    else {
      const { code, reason } = prepared.content;
      const { sha256 } = prepared;
      told.onRefused({ path: label, ...(sha256 === undefined ? {} : { sha256 }), code, reason }, bytes);
    }
  }
}

async function prepareOne(source: Source, largeBytes: number, budget: ByteBudget): Promise<Prepared> {
  const large = source.bytes >= largeBytes;
  const release = large ? () => undefined : await budget.acquire(source.bytes);
  let prepared: Prepared | undefined;
  try {
    prepared = large ? await prepareLarge(source) : await prepareSmall(source, release);
    return prepared;
  } catch (error) {
    const content = {
      kind: 'refused',
      code: 'FILE_UNREADABLE',
      reason: `it cannot be read (${systemCode(error)})`,
    } as const;
    return {
      content: error instanceof SourceError ? { ...content, code: error.code, reason: error.message } : content,
    };
  } finally {
    if (prepared === undefined || !('file' in prepared)) release();
  }
}

async function prepareSmall(source: Source, release: () => void): Promise<Prepared> {
  const whole = await source.load();
  const first = firstLook(source.label, source.bytes, whole);
  const content = first.kind === 'instance' ? closeLook(whole) : first;
  const hasher = newHasher();
  hasher.update(whole);
  const sha256 = hasher.hex();
  if (content.kind !== 'instance') return { content, sha256 };
  return { file: { path: source.label, sha256, bytes: source.bytes, body: whole, release } };
}

/** A large file is digested once now, and read again when it is its turn; the exchange does the close look. */
async function prepareLarge(source: Source): Promise<Prepared> {
  const hasher = newHasher();
  let looked = false;
  for await (const chunk of source.read()) {
    if (!looked) {
      const content = firstLook(source.label, source.bytes, chunk);
      if (content.kind !== 'instance') return { content };
      looked = true;
    }
    hasher.update(chunk);
  }
  const sha256 = hasher.hex();
  const body = { size: source.bytes, stream: () => unchanged(source, sha256) };
  return { file: { path: source.label, sha256, bytes: source.bytes, body } };
}

/** The file's bytes once more. The last of them are kept back until the digest is seen to be the same, so that a changed file never arrives whole. */
async function* unchanged(source: Source, sha256: string): AsyncGenerator<Uint8Array> {
  const hasher = newHasher();
  let held: Uint8Array | undefined;
  try {
    for await (const chunk of source.read()) {
      if (held !== undefined) yield held;
      hasher.update(chunk);
      held = chunk;
    }
  } catch (cause) {
    throw new ClientError('FILE_CHANGED', 'it could not be read to its end when it was its turn', { sha256, cause });
  }
  if (hasher.hex() !== sha256) throw new ClientError('FILE_CHANGED', 'it changed while it was being sent', { sha256 });
  if (held !== undefined) yield held;
}
