import type { Action, Permission } from '@symbolon/contract';
import { may, type SignedIn, type StudyReader, type Thing, voices } from '../access/index.ts';
import type { StudyRow } from './study.store.ts';

type Row = Pick<StudyRow, 'id' | 'accountId' | 'namespaceId' | 'unapproved' | 'grants' | 'openings'>;

/** `madeBy`: who made what hangs on it; `exact`: it was found by an exact identifier. */
export type Found = { readonly madeBy?: string | undefined; readonly exact?: boolean };

/** A study as the policy engine asks about it, for this actor. */
export function thingOf(row: Row, actor: StudyReader, { madeBy, exact }: Found = {}): Thing {
  const { id, accountId, namespaceId, unapproved, grants, openings } = row;
  const mine = actor.kind === 'person' ? openings.filter(([userId]) => userId === actor.userId) : [];
  const opened = [...new Set(mine.map(([, kind]) => kind))];
  const thing = {
    accountId,
    studyId: id,
    namespaceId,
    unapproved,
    openings: opened,
    grantedTo: grants.map(([to]) => to),
  };
  return { ...thing, ...(madeBy !== undefined && { userId: madeBy }), ...(exact && { exact }) };
}

/** How much of a study somebody reaches: all of it, or these series; undefined where nothing. */
export type Extent = 'whole' | ReadonlySet<string> | undefined;

/** A grant of some series opens the study for these series, unless something else opens all of it. */
export function extentOf(actor: StudyReader, action: Action, row: Row, found: Found = {}): Extent {
  const thing = thingOf(row, actor, found);
  if (!may(actor, action, thing)) return undefined;
  const whole = row.grants.filter(([, seriesId]) => seriesId === null).map(([to]) => to);
  if (row.grants.length === whole.length || may(actor, action, { ...thing, grantedTo: whole })) return 'whole';
  const mine = (to: string): boolean =>
    actor.kind === 'person' && (to === actor.namespaceId || actor.rights.groups.has(to));
  return new Set(row.grants.flatMap(([to, seriesId]) => (seriesId !== null && mine(to) ? [seriesId] : [])));
}

/**
 * Whether a study counts as a sender's own at intake: they may add to it, or it lives in their own namespace and no role of
 * theirs denies that. Who may do no more than send so sends a series over many requests into one study, and is told what
 * of theirs is held, approved or not.
 */
export function countsAsTheirs(actor: SignedIn, row: Row): boolean {
  if (extentOf(actor, 'study.add', row) === 'whole') return true;
  if (row.namespaceId !== actor.namespaceId || row.accountId !== actor.accountId) return false;
  return !voices(actor, thingOf(row, actor)).some(
    ({ decisions, holding }) =>
      decisions['study.add'] === 'deny' ||
      holding.some((qualifier) => decisions[`study.add.${qualifier}` as Permission] === 'deny'),
  );
}
