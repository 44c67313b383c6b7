import { SourceError } from '@symbolon/client';
import type { Chosen, Group, LeftEntry } from '../messages.ts';
import { digestWhole, newHasher } from './digest.ts';
import { LeftBook } from './left-book.ts';
import { type Content, closeLook, firstLook, headBytes, lookAtHead } from './look.ts';
import { FileSource, labelOf, looksLikeZip, looksLikeZipName, type Source } from './source.ts';
import { StudyBook } from './study-book.ts';
import { type ZipItem, zipItems } from './zip.ts';

/** A file to be sent. */
export type Item = { readonly source: Source; readonly sha256: string; readonly study: number; held: boolean };

/** Files up to this size are held whole for a moment; larger ones are read in pieces. Units: bytes. */
const wholeBytes = 64 << 20;
/** Up to this size one read is cheaper than a look before it. Units: bytes. */
const unseenBytes = 1 << 20;
const peekBytes = 256;
/** Files in memory at once: enough to hide the disk's answer time. */
const atOnce = 4;

const groupOfSource: Readonly<Record<SourceError['code'], Group>> = {
  FILE_UNREADABLE: 'unreadable',
  FILE_CHANGED: 'changed',
  ZIP_BROKEN: 'zip broken',
  ZIP_ENTRY_ENCRYPTED: 'zip encrypted',
  ZIP_ENTRY_UNSUPPORTED: 'zip unsupported',
  ZIP_LIMIT: 'zip limit',
};

/** Looks at whatever is chosen, while more is being chosen. Holds names, digests and references; never the files. */
export class Scan {
  readonly items: Item[] = [];
  readonly studies = new StudyBook();
  readonly left = new LeftBook();
  readonly #onIdle: () => void;
  readonly #digests = new Set<string>();
  #queue: Chosen[] = [];
  #at = 0;
  #running = false;
  #stopped = false;
  files = 0;
  ofFiles = 0;
  bytes = 0;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  get running(): boolean {
    return this.#running;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  add(chosen: readonly Chosen[]): void {
    this.#stopped = false;
    for (const one of chosen) this.#queue.push(one);
    this.ofFiles += chosen.length;
    if (!this.#running) void this.#run();
  }

  unreadable(path: string): void {
    this.files += 1;
    this.ofFiles += 1;
    this.left.add('unreadable', { path, code: 'FILE_UNREADABLE', reason: 'it cannot be read' });
  }

  /** What was looked at stays; the rest is forgotten. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#at = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    const sources = this.#sources();
    const look = async () => {
      for (let next = await sources.next(); !next.done; next = await sources.next()) await this.#look(next.value);
    };
    await Promise.all(Array.from({ length: atOnce }, look));
    this.#running = false;
    // Something may have been chosen after the last was handed out.
    if (this.#at < this.#queue.length) void this.#run();
    else this.#onIdle();
  }

  async *#sources(): AsyncGenerator<Source> {
    while (this.#at < this.#queue.length) {
      const { file, path, given } = this.#queue[this.#at] as Chosen;
      this.#at += 1;
      if (this.#at === this.#queue.length) [this.#queue, this.#at] = [[], 0];
      const label = labelOf(path);
      const items = given || looksLikeZipName(path) ? await this.#opened(label, file) : undefined;
      if (items === undefined) yield new FileSource(label, file);
      else {
        this.ofFiles += items.length - 1;
        for (const item of items) {
          if (this.#stopped) return;
          if ('error' in item) this.#leave(item.path, item.error);
          else yield item;
        }
      }
    }
  }

  /** The entries of a zip; nothing where it is none. */
  async #opened(label: string, file: File): Promise<readonly ZipItem[] | undefined> {
    try {
      const head = await new FileSource(label, file).head(peekBytes);
      return looksLikeZip(head) ? await zipItems(label, file) : undefined;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return [{ path: label, error }];
    }
  }

  #leave(path: string, { code, message }: SourceError): void {
    this.files += 1;
    this.left.add(groupOfSource[code], { path, code, reason: message });
  }

  /** A mistake of ours over one file must not keep the others back; it is told as what it is. */
  #fail(path: string): void {
    this.files += 1;
    this.left.add('damaged', {
      path,
      code: 'PAGE_FAILED',
      reason: 'this page failed over it; that is a mistake of ours',
    });
  }

  async #look(source: Source): Promise<void> {
    try {
      const { content, sha256 } = await lookAt(source);
      const { path, bytes } = source;
      this.files += 1;
      this.bytes += bytes;
      if (content.kind === 'left') this.#note(content, path, sha256);
      else if (sha256 === undefined || this.#digests.has(sha256)) {
        this.left.add('copy', { path, code: 'COPY', reason: 'the same file is in the list already' });
      } else {
        this.#digests.add(sha256);
        this.items.push({ source, sha256, study: this.studies.add(content.facts, bytes), held: false });
      }
    } catch (error) {
      if (error instanceof SourceError) this.#leave(source.path, error);
      else this.#fail(source.path);
    }
  }

  #note({ group, code, reason }: Content & { kind: 'left' }, path: string, sha256: string | undefined): void {
    const entry: LeftEntry = { path, code, reason };
    this.left.add(group, sha256 === undefined ? entry : { ...entry, sha256 });
  }
}

/** A look at one file, and its digest where it may be sent. */
async function lookAt(source: Source): Promise<{ readonly content: Content; readonly sha256?: string }> {
  const { path, bytes } = source;
  if (bytes > unseenBytes) {
    const content = firstLook(path, bytes, await source.head(peekBytes));
    if (content !== undefined) return { content };
  }
  if (bytes > wholeBytes) return lookAtLarge(source);
  const whole = await source.whole();
  const content = firstLook(path, bytes, whole) ?? (await closeLook(whole));
  if (content.kind === 'left' && content.code === 'NOT_DICOM') return { content };
  return { content, sha256: await digestWhole(whole) };
}

async function lookAtLarge(source: Source): Promise<{ readonly content: Content; readonly sha256: string }> {
  const hasher = newHasher();
  const content = lookAtHead(await source.head(headBytes));
  for await (const chunk of source.chunks()) hasher.update(chunk);
  return { content, sha256: hasher.hex() };
}
