import type { Database, Trx } from '../platform/db/database.ts';
import { PacksError } from './manifest.ts';
import { packIdsOf, packsOf, packsToRead, type StoredPack } from './pack.store.ts';

const packsPerPage = 16;

/**
 * Walks the packs of a study, or of one series of it, that hold anything current, in the order of their arrival: page by page.
 *
 * Law     the packs are those that there were when the walk began, however long it takes and whatever a rewrite joins
 *         meanwhile: no instance is left out, and none comes twice. Which of them is current is asked with each page.
 * Cost    a page of rows; of more than one page also the ids of all.
 *
 * @throws PacksError PACK_DAMAGED  a pack is gone that was there: nobody may take the rest for the whole
 */
export async function* walkPacks(
  db: Database | Trx,
  accountId: string,
  where: { readonly studyId: string; readonly seriesId?: string },
): AsyncGenerator<readonly StoredPack[], undefined> {
  // One statement sees one state.
  const few = await packsOf(db, accountId, where, { after: -1, limit: packsPerPage + 1 });
  if (few.length <= packsPerPage) {
    yield few;
    return;
  }
  const ids = await packIdsOf(db, accountId, where);
  for (let at = 0; at < ids.length; at += packsPerPage) {
    const page = ids.slice(at, at + packsPerPage);
    const rows = new Map((await packsToRead(db, accountId, page)).map((pack) => [pack.packId, pack]));
    yield page.map((id) => {
      const pack = rows.get(id);
      if (pack === undefined) throw new PacksError('PACK_DAMAGED', `pack ${id} is gone since this reading began`);
      return pack;
    });
  }
}
