/** How far an upload was when its page went away. Counts only: no name of a person, a study or a file. */
export type Interrupted = { readonly images: number; readonly ofImages: number };

const key = 'symbolon.upload';

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function readNote(storage: Storage): Interrupted | undefined {
  try {
    const { images, ofImages } = JSON.parse(storage.getItem(key) ?? 'null') as Partial<Interrupted>;
    return isCount(images) && isCount(ofImages) && images < ofImages ? { images, ofImages } : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be kept, a reload has nothing to tell; the upload goes on all the same. */
export function writeNote(storage: Storage, { images, ofImages }: Interrupted): void {
  try {
    storage.setItem(key, JSON.stringify({ images, ofImages }));
  } catch {}
}

export function clearNote(storage: Storage): void {
  try {
    storage.removeItem(key);
  } catch {}
}
