import type { Original } from '@symbolon/contract';

/**
 * Where a file goes, made of numbers and digits only: nothing that a file says of itself becomes a path.
 * `series-0001/000001-3f2a….dcm`; without the instance number where there is none, or where it is no count.
 */
export function targetName({ seriesNumber, instanceNumber, sha256 }: Original, digits = 12): string {
  const series = `series-${String(seriesNumber).padStart(4, '0')}`;
  const digest = sha256.slice(0, digits);
  const counted = instanceNumber !== null && Number.isSafeInteger(instanceNumber) && instanceNumber >= 0;
  return `${series}/${counted ? `${String(instanceNumber).padStart(6, '0')}-` : ''}${digest}.dcm`;
}

/** Gives every digest of a study a name of its own, the same in every run. */
export class TargetNames {
  readonly #owner = new Map<string, string>();

  nameOf(original: Original): string {
    const short = targetName(original);
    const owner = this.#owner.get(short) ?? original.sha256;
    this.#owner.set(short, owner);
    return owner === original.sha256 ? short : targetName(original, 64);
  }
}
