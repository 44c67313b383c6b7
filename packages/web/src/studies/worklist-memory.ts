import { firstSearch, type Search } from './worklist-search.ts';

type Remembered = { readonly search: Search; readonly scrollY: number };

/**
 * Where somebody was in the worklist, for when they come back from a study. In memory alone: what is searched for is a
 * name more often than not, and must stand in no address, history or storage.
 */
let remembered: (Remembered & { readonly userId: string }) | undefined;

export function rememberWorklist(userId: string, place: Remembered): void {
  remembered = { ...place, userId };
}

/** Nothing of what somebody else looked for. */
export function recallWorklist(userId: string): Remembered {
  return remembered?.userId === userId ? remembered : { search: firstSearch, scrollY: 0 };
}

/** Who wants pictures. Nobody at first: each is a reading of its study, and stands in the trail as one of theirs. */
let shownTo: string | undefined;

export const picturesShown = (userId: string): boolean => shownTo === userId;

export function showPictures(userId: string, shown: boolean): void {
  shownTo = shown ? userId : undefined;
}
