import type { LinkUse } from '@symbolon/contract';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { recordsByLink } from './audit.store.ts';
import { openDetail } from './sealed-detail.ts';

const maxRecords = 1000;

/** How many instances a detail names; null for all of them, and where it does not say. */
function imagesIn(detail: unknown): number | null {
  const { instances } = Object(detail) as { instances?: unknown };
  return Array.isArray(instances) ? instances.length : null;
}

/**
 * What somebody did by a link, newest first: each opening of it, and each reading of its study. A reading's opening and
 * its detail, which follows within half a minute, are one use; an opening without detail counts as all of the study.
 */
export async function linkUsesOf(
  deps: { readonly database: Database; readonly chains: KeyChains },
  study: StudyPlace,
  linkId: string,
): Promise<LinkUse[]> {
  const records = await recordsByLink(deps.database, study.accountId, linkId, maxRecords);
  const uses: LinkUse[] = [];
  const waiting = new Map<string, LinkUse[]>();
  for (const record of records.reverse()) {
    const { action, outcome } = record;
    const use = { at: record.at.toISOString(), address: record.address ?? '', images: null };
    if (outcome === 'refused') uses.push({ ...use, what: 'refused' });
    else if (action === 'link.open') uses.push({ ...use, what: 'opened' });
    else if (action === 'study.view' || action === 'study.download') {
      const name = `${action} ${use.address}`;
      if (record.detail === null) {
        const reading: LinkUse = { ...use, what: action === 'study.view' ? 'viewed' : 'downloaded' };
        uses.push(reading);
        waiting.set(name, [...(waiting.get(name) ?? []), reading]);
        continue;
      }
      const about = record.studyId === null ? undefined : study;
      const [reading] = waiting.get(name)?.splice(0, 1) ?? [];
      if (reading)
        reading.images = imagesIn(
          await openDetail(deps.chains, { ...record, accountId: study.accountId, study: about }),
        );
    }
  }
  return uses.reverse();
}
