import { type AsidePack, isCurrent, type Manifest, type PackReader, type Placed } from '../packs/index.ts';
import type { Version } from '../studies/index.ts';

/** An instance that arrived aside, and what became of it. */
export type Kept = Placed & {
  readonly pack: AsidePack;
  readonly state: 'open' | 'aside' | 'current';
};

export const spotName = ({ pack, position }: { pack: { packId: string }; position: number }): string =>
  `${pack.packId}.${position}`;

/** Everything that packs hold which arrived aside, in the order of its arrival. */
export async function keptIn(reader: PackReader, packs: readonly AsidePack[]): Promise<Kept[]> {
  const manifests = await reader.manifests(packs);
  return packs.flatMap((pack, at) => {
    const settled = new Set(pack.settled);
    return (manifests[at] as Manifest).instances.map((instance, position) => {
      const decided = isCurrent(pack, position) ? 'current' : 'aside';
      return { pack, instance, position, state: settled.has(position) ? decided : 'open' } as const;
    });
  });
}

/**
 * Of all versions under one UID those that a study's own are compared with and chosen from: its own, where one of them is
 * current; else those of its namespace. Under the same UID somebody else of the account may hold a study of theirs, which is
 * nothing to this one.
 */
export function versionsBeside(
  studyId: string,
  versions: readonly Version[],
  namespaces: ReadonlyMap<string, string>,
): readonly Version[] {
  const own = versions.filter(({ pack }) => pack.studyId === studyId);
  if (own.some(({ current }) => current)) return own;
  const home = namespaces.get(studyId);
  return versions.filter(({ pack }) => home !== undefined && namespaces.get(pack.studyId) === home);
}

/** Beside which other version this one is shown: the current one; of what is current itself, the last that came before it. */
export function counterpartOf(kept: Kept, versions: readonly Version[]): Version | undefined {
  const name = spotName(kept);
  const others = versions.filter((version) => spotName(version) !== name);
  return (
    others.find(({ current }) => current) ??
    others.findLast(({ pack }) => pack.ordinal <= kept.pack.ordinal) ??
    others[0]
  );
}
