import { randomUUID } from 'node:crypto';
import { DicomError, type MediaDirectoryWriter, mediaDirectoryWriter, parseIdentityHalf } from '@symbolon/dicom';
import type { ManifestInstance } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';

/** Units: bytes. */
type Limits = {
  /** What is kept of all headers until the end: as much as a hundred thousand images take. */
  readonly kept?: number;
  /** What is inflated for one zip beyond what files that are deflated whole usually become. */
  readonly inflated?: number;
};

/** What is deflated whole becomes some times as long. */
const usualInflation = 32;

/**
 * The DICOMDIR of a zip, made of the headers of its files while these go out.
 *
 * Law     it lists all that was added, or there is none: one that leaves something out would have a viewer show part of a study
 *         as the whole.
 * Cost    whatever the headers say, memory for 64 MiB of records, and time for 512 MiB beyond what files usually inflate to.
 */
export class ArchiveDirectory {
  #writer: MediaDirectoryWriter | undefined;
  #left: number;

  constructor({ kept = 64 * 1024 * 1024, inflated = 512 * 1024 * 1024 }: Limits = {}) {
    this.#left = inflated;
    this.#writer = mediaDirectoryWriter({
      sopInstanceUid: `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`,
      fileSetId: 'SYMBOLON',
      missingKeys: 'fill',
      unknownClasses: 'private',
      repeatedInstances: 'accept',
      maxKeptBytes: kept,
    });
  }

  /** Whether all that was added is in it; once it is not, nothing more need be. */
  get isWhole(): boolean {
    return this.#writer !== undefined;
  }

  /** Takes in one file by its identity half. Of what was accepted each can be listed; what is hostile ends the directory. */
  add(
    fileId: readonly string[],
    identityHalf: Uint8Array,
    { cuts, bytes }: Pick<ManifestInstance, 'cuts' | 'bytes'>,
  ): void {
    if (this.#writer === undefined) return;
    const usual = usualInflation * bytes;
    const maxInflatedBytes = Math.min(inflating.maxInflatedBytes, usual + this.#left);
    try {
      const file = parseIdentityHalf(identityHalf, { ...inflating, cuts, maxInflatedBytes });
      if (file.deflated) this.#left -= Math.max(0, file.dataset.bytes.length - usual);
      this.#writer.add(fileId, file);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      this.#writer = undefined;
    }
  }

  /** The file, or undefined where something is missing in it. */
  get file(): { readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> } | undefined {
    return this.#writer && { bytes: this.#writer.byteLength(), pieces: asyncOf(this.#writer.pieces()) };
  }
}

export async function* asyncOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
