import { type Group, groups, harmless, type LeftEntry, type LeftGroup, listPage } from '../messages.ts';

/** Files that are not sent, or were not taken, by reason. */
export class LeftBook {
  readonly #entries = new Map<Group, LeftEntry[]>();

  add(group: Group, entry: LeftEntry): void {
    const list = this.#entries.get(group);
    if (list === undefined) this.#entries.set(group, [entry]);
    else list.push(entry);
  }

  /** In the order of what a person should look at first. */
  groups(): LeftGroup[] {
    return groups.flatMap((group) => {
      const list = this.#entries.get(group);
      return list === undefined ? [] : [{ group, count: list.length, example: list[0]?.path ?? '' }];
    });
  }

  list(group: Group, from: number): LeftEntry[] {
    return this.#entries.get(group)?.slice(from, from + listPage) ?? [];
  }

  /** Everything that somebody may have meant as an image. */
  *refused(): Generator<LeftEntry> {
    for (const group of groups) if (!harmless.has(group)) yield* this.#entries.get(group) ?? [];
  }
}
