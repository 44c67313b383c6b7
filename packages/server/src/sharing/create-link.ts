import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type LinkAnswer, type linkRequest, maxLinkDays, pages, pathOf } from '@symbolon/contract';
import type { z } from 'zod';
import { AccessError, type SignedIn } from '../access/index.ts';
import { hashPassword } from '../people/index.ts';
import { extentOf, keepStudyKeys, notFound, placeReached, requireIdentity, studyForReader } from '../studies/index.ts';
import { SharingError } from './errors.ts';
import { addLink } from './link.store.ts';
import { sealNote } from './link-cells.ts';
import { type LinkDeps, rowOf } from './list-links.ts';

const dayMs = 86_400_000;

/** The digest that is kept of a secret of 256 random bits, which needs no salt. */
export const digestOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

/**
 * Makes a link to a study. Its address is given out once, with the secret behind the `#`, where no server sees it.
 *
 * @throws SharingError REQUEST_INVALID  it would end in the past, or later than a year from now
 */
export async function createLink(
  deps: LinkDeps,
  actor: SignedIn,
  studyId: string,
  input: z.output<typeof linkRequest>,
): Promise<LinkAnswer> {
  // A link shows all of a study, and who it is of: both must be the sharer's to show.
  const study = await studyForReader(deps, actor, 'study.view', studyId);
  requireIdentity(actor, study.row);
  await placeReached(deps.database, actor, 'link.create', studyId);
  // Whoever comes by it gets what the sharer may give: the files only where all of them are theirs to take.
  if (input.download && extentOf(actor, 'study.download', study.row) !== 'whole')
    throw new AccessError('ACCESS_REFUSED', 'Your role does not include study.download for this study.');
  const now = deps.now();
  const expiresAt = new Date(input.expiresAt);
  if (expiresAt <= now || expiresAt.getTime() > now.getTime() + maxLinkDays * dayMs)
    throw new SharingError('REQUEST_INVALID', `A link ends between now and ${maxLinkDays} days from now.`);
  const secret = randomBytes(32).toString('base64url');
  const linkId = randomUUID();
  const asked = {
    id: linkId,
    digest: digestOf(secret),
    passwordHash: input.password === undefined ? null : await hashPassword(input.password),
    download: input.download,
    createdBy: actor.userId,
    createdAt: now,
    expiresAt,
  };
  const link = await deps.database.transaction().execute(async (trx) => {
    const place = (await keepStudyKeys(trx, actor.accountId, [studyId])).get(study.place.studyId);
    if (!place) throw notFound();
    const link = { ...asked, ...place, cell: await sealNote(deps.chains, place, linkId, input.note) };
    await addLink(trx, link);
    const detail = { expiresAt: input.expiresAt, download: input.download, password: input.password !== undefined };
    await deps.audit.record(trx, [
      { actor, action: 'link.create', kind: 'create', outcome: 'success', study: place, linkId, detail },
    ]);
    return link;
  });
  const unused = { revokedBy: null, revokedAt: null, opened: 0, lastOpenedAt: null, wrongPasswords: 0 };
  return {
    link: await rowOf(deps, actor, { ...link, ...unused }),
    address: `${deps.publicUrl}${pathOf(pages.shared, { linkId })}#${secret}`,
  };
}
