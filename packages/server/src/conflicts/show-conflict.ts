import type { ConflictAnswer, Difference, KeptInstance } from '@symbolon/contract';
import { DicomError, parseIdentityHalf } from '@symbolon/dicom';
import { may, type SignedIn } from '../access/index.ts';
import { type AsidePack, asidePacksOf } from '../packs/index.ts';
import { namesOf } from '../people/index.ts';
import { inflating } from '../platform/inflate.ts';
import {
  namespacesOf,
  notFound,
  pickAttributes,
  placeOfStudy,
  SearchTokens,
  shown,
  studyLabels,
  type Version,
  versionsWithUids,
} from '../studies/index.ts';
import { choicesOf } from './choice.store.ts';
import { type ConflictDeps, conflictPlace, rowsOfChoices } from './conflict-deps.ts';
import { elementDifferences } from './element-differences.ts';
import { counterpartOf, type Kept, keptIn, spotName, versionsBeside } from './kept-versions.ts';
import type { Opened, PixelComparison } from './pixel-difference.ts';

const instancesPerPage = 50;
const packsPerLook = 16;
const choicesShown = 50;
/** A data set deflated whole may become this much to be compared. Bytes. */
const maxInflatedBytes = 64 * 1024 * 1024;

/** Behind which instance a page begins. */
export type After = { readonly ordinal: number; readonly position: number };

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * What was kept aside of a study, each instance beside the one that is held: a page of them with their differences. It is
 * a reading of that study, and of any other that holds one of them.
 *
 * @throws StudiesError STUDY_NOT_FOUND  also where nothing is kept aside of it
 */
export async function showConflict(
  deps: ConflictDeps,
  comparison: PixelComparison,
  actor: SignedIn,
  studyId: string,
  after: After | undefined,
): Promise<ConflictAnswer> {
  const place = await conflictPlace(deps, actor, 'conflict.read', studyId);
  const { accountId } = actor;
  const packs = await asidePacksOf(deps.database, accountId, studyId);
  if (packs.length === 0) throw notFound();
  const { page, more } = await pageOf(deps, packs, after);

  const tokens = await SearchTokens.of(deps.chains, accountId);
  const uids = page.map(({ instance }) => instance.sopInstanceUid);
  const versions = await versionsWithUids(deps.database, deps.reader, tokens, accountId, uids);
  const namespaces = await namespacesOf(deps.database, accountId, versions.values(), [studyId]);
  const pairs = page.map((kept) => {
    const beside = versionsBeside(studyId, versions.get(kept.instance.sopInstanceUid) ?? [], namespaces);
    return { kept, other: counterpartOf(kept, beside) };
  });
  await deps.reads.opening(actor, 'conflict.read', place, uids);
  for (const [otherId, of] of Map.groupBy(pairs, ({ other }) => other?.pack.studyId)) {
    const otherPlace =
      otherId === undefined || otherId === studyId ? undefined : await placeOfStudy(deps.database, accountId, otherId);
    if (otherPlace)
      await deps.reads.opening(
        actor,
        'conflict.read',
        otherPlace,
        of.map(({ kept }) => kept.instance.sopInstanceUid),
      );
  }

  const senders = packs.flatMap(({ sentBy }) => (sentBy === null ? [] : [sentBy]));
  const names = await namesOf(deps.database, accountId, [...new Set(senders)]);
  const labels = await studyLabels(deps, actor, [studyId]);
  const budget = comparison.budget();
  const instances: KeptInstance[] = [];
  for (const { kept, other } of pairs) {
    const sent = await opened(deps, { ...kept, current: kept.state === 'current' });
    if (!other) {
      instances.push({ ...instanceFacts(kept, other, sent, names), ...comparedWithNothing });
      continue;
    }
    const held = await opened(deps, other);
    const pixels = await comparison.compare(deps.reader, held, sent, budget);
    instances.push({ ...instanceFacts(kept, other, sent, names), ...differencesOf(held, sent), ...pixels });
  }
  const decided = sum(packs.map(({ settled }) => settled.length));
  const last = page.at(-1);
  return {
    study: { id: studyId, patientName: '', date: null, description: '', ...labels.get(studyId) },
    open: sum(packs.map(({ instanceCount }) => instanceCount)) - decided,
    decided,
    until: String(packs.at(-1)?.ordinal ?? 0),
    instances,
    next: more && last ? `${last.pack.ordinal}.${last.position}` : null,
    choices: await rowsOfChoices(deps, accountId, await choicesOf(deps.database, accountId, studyId, choicesShown)),
    may: { resolve: may(actor, 'conflict.resolve', place), download: may(actor, 'conflict.download', place) },
  };
}

/** What stands behind `after`, as far as one page goes; no more packs are opened than it needs. */
async function pageOf(
  { reader }: ConflictDeps,
  packs: readonly AsidePack[],
  after: After = { ordinal: -1, position: -1 },
): Promise<{ readonly page: Kept[]; readonly more: boolean }> {
  const found: Kept[] = [];
  const rest = packs.filter(({ ordinal }) => ordinal >= after.ordinal);
  for (let at = 0; at < rest.length && found.length <= instancesPerPage; at += packsPerLook) {
    const kept = await keptIn(reader, rest.slice(at, at + packsPerLook));
    found.push(...kept.filter(({ pack, position }) => pack.ordinal > after.ordinal || position > after.position));
  }
  return { page: found.slice(0, instancesPerPage), more: found.length > instancesPerPage };
}

async function opened({ reader }: ConflictDeps, version: Version): Promise<Opened> {
  const { pack, instance } = version;
  const half = await reader.identityHalf(pack, instance);
  try {
    return { version, header: parseIdentityHalf(half, { ...inflating, cuts: instance.cuts, maxInflatedBytes }) };
  } catch (error) {
    if (error instanceof DicomError) return { version, header: undefined };
    throw error;
  }
}

function instanceFacts(kept: Kept, other: Version | undefined, { header }: Opened, names: ReadonlyMap<string, string>) {
  const { pack, instance, state } = kept;
  const series = header ? pickAttributes(header.dataset, ['00200011', '0008103E']) : {};
  return {
    id: spotName(kept),
    state,
    seriesNumber: shown.number(series, '00200011'),
    seriesDescription: shown.line(series, '0008103E'),
    instanceNumber: shown.number(instance.attributes, '00200013'),
    sentBy: pack.sentBy === null ? '' : (names.get(pack.sentBy) ?? pack.sentBy),
    sentAt: pack.arrivedAt.toISOString(),
    sent: { sha256: instance.sha256, bytes: instance.bytes },
    held: other ? { id: spotName(other), sha256: other.instance.sha256, bytes: other.instance.bytes } : null,
  };
}

/** What was aside against something of another namespace, which is not shown here. */
const comparedWithNothing = {
  differences: [] as Difference[],
  moreDifferences: 0,
  unreadable: false,
  pixels: 'not compared' as const,
  frames: null,
  framesDifferent: null,
};

type Differences = Pick<KeptInstance, 'differences' | 'moreDifferences' | 'unreadable'>;

function differencesOf(held: Opened, sent: Opened): Differences {
  if (!held.header || !sent.header) return { differences: [], moreDifferences: 0, unreadable: true };
  const { differences, more } = elementDifferences(held.header.dataset, sent.header.dataset);
  return { differences: [...syntaxDifference(held, sent), ...differences], moreDifferences: more, unreadable: false };
}

/** Of group 0002 the transfer syntax alone belongs to the instance. */
function syntaxDifference(held: Opened, sent: Opened): Difference[] {
  const [a, b] = [held.version.instance.transferSyntax, sent.version.instance.transferSyntax];
  return a === b ? [] : [{ path: '00020010', name: 'Transfer Syntax UID', vr: 'UI', held: a, sent: b }];
}
