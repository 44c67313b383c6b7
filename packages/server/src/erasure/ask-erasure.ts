import { randomUUID } from 'node:crypto';
import type { Erasure, ErasureGround, ErasureKind, ErasurePreview } from '@symbolon/contract';
import { may, type SignedIn } from '../access/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import { putBack } from '../conflicts/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import { type PackReader, packsBeside } from '../packs/index.ts';
import { accountName } from '../people/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { countLinksOf } from '../sharing/index.ts';
import { lockStudies, notFound, placeOfStudy, SearchTokens } from '../studies/index.ts';
import { type Amounts, addErasure, addGone, markStep, type NewErasure } from './erasure.store.ts';
import { ErasureError } from './errors.ts';
import { amountsOf, amountsOfAccount, closeAccount, patientsOfNoOther, studiesOfPatient } from './gone.store.ts';
import { type Held, holdsInForce, lockHolds } from './hold.store.ts';
import { type HoldDeps, mayReadBeside, shownHolds, studyFor } from './holds.ts';
import { type Part, partOf, partWanted } from './part.ts';
import { seriesNamed } from './series-named.ts';
import { shownErasure } from './show-erasures.ts';
import { takeOut } from './take-out.ts';

export type ErasureDeps = HoldDeps & {
  readonly reader: PackReader;
  /** Hears that an account takes nothing new. */
  readonly closed: (accountId: string) => void;
  /** Has the job go on at once. */
  readonly wake: () => void;
};

export type Asked = {
  readonly dryRun: boolean;
  readonly ground: ErasureGround;
  readonly instances?: number | undefined;
};

/** What would be erased, before anybody decides. */
type Plan = {
  readonly kind: ErasureKind;
  readonly amounts: Amounts;
  readonly links: number;
  readonly left: number;
  readonly held: Held;
  readonly part?: Part;
};

type OnlyParts = Parameters<typeof partWanted>[1] & { readonly seriesInstanceUids?: readonly string[] | undefined };

type Action = 'study.erase' | 'patient.erase' | 'account.erase';

const holdsShown = 20;

/**
 * Erases a study, or series and instances of it.
 *
 * Law   what is whole is out of sight when this returns; of a part, what stays is sealed anew first. Its keys are destroyed next.
 *
 * @throws StudiesError STUDY_NOT_FOUND, ErasureError ERASURE_HELD ERASURE_CHANGED
 */
export async function eraseStudy(
  deps: ErasureDeps,
  actor: SignedIn,
  studyId: string,
  asked: Asked & { readonly only?: OnlyParts | undefined },
): Promise<ErasurePreview | Erasure> {
  const study = await studyFor(deps, actor, 'study.erase', studyId);
  const tokens = await SearchTokens.of(deps.chains, actor.accountId);
  const only = asked.only && {
    ...asked.only,
    seriesIds: [
      ...(asked.only.seriesIds ?? []),
      ...(await seriesNamed(deps, deps.database, study, asked.only.seriesInstanceUids ?? [])),
    ],
  };
  const wanted = only && partWanted(tokens, only);
  const plan = async (db: Database | Trx): Promise<Plan> => {
    const part = wanted && (await partOf(db, deps.reader, tokens, study, wanted));
    return part && part.left > 0 ? planOfPart(study, part) : planOfStudies(db, 'study', [study]);
  };
  return erase(deps, actor, 'study.erase', asked, {
    studies: [study],
    plan,
    erasure: ({ kind, part }) => ({
      kind,
      studyId,
      patientId: study.patientId,
      ...(part && { seriesIds: part.wanted.seriesIds, imageTokens: part.wanted.imageTokens }),
    }),
  });
}

/** Erases the patient of a study, with all studies of theirs. */
export async function erasePatient(
  deps: ErasureDeps,
  actor: SignedIn,
  studyId: string,
  asked: Asked,
): Promise<ErasurePreview | Erasure> {
  const { accountId, patientId } = await studyFor(deps, actor, 'patient.erase', studyId);
  const studies: StudyPlace[] = [];
  for (const id of await studiesOfPatient(deps.database, accountId, patientId)) {
    const place = await placeOfStudy(deps.database, accountId, id);
    if (place) studies.push(place);
  }
  return erase(deps, actor, 'patient.erase', asked, {
    studies,
    plan: async (db) => {
      // Under the patient's lock none comes any more: one that came since would be left behind, and the patient with it.
      const now = await studiesOfPatient(db, accountId, patientId);
      if (now.length !== studies.length) throw changed();
      return planOfStudies(db, 'patient', studies);
    },
    erasure: () => ({ kind: 'patient', studyId: null, patientId }),
  });
}

/** Erases everything that the actor's account holds, and closes it: it takes nothing new, and its log stays. */
export async function eraseAccount(
  deps: ErasureDeps,
  actor: SignedIn,
  asked: Asked & { readonly accountName?: string | undefined },
): Promise<ErasurePreview | Erasure> {
  const { accountId } = actor;
  if (!may(actor, 'account.erase', { accountId })) throw notFound();
  if (!asked.dryRun && asked.accountName !== (await accountName(deps.database, accountId)))
    throw new ErasureError('ERASURE_CHANGED', 'The name of the account is not the one that was typed.');
  return erase(deps, actor, 'account.erase', asked, {
    studies: [],
    plan: async (db) => planOfAccount(db, accountId),
    erasure: () => ({ kind: 'account', studyId: null, patientId: null }),
  });
}

type Work = {
  /** What is to be taken out at once, where it is no part. */
  readonly studies: readonly StudyPlace[];
  readonly plan: (db: Database | Trx) => Promise<Plan>;
  readonly erasure: (
    plan: Plan,
  ) => Pick<NewErasure, 'kind' | 'studyId' | 'patientId'> & Partial<Pick<NewErasure, 'seriesIds' | 'imageTokens'>>;
};

async function erase(
  deps: ErasureDeps,
  actor: SignedIn,
  action: Action,
  asked: Asked,
  work: Work,
): Promise<ErasurePreview | Erasure> {
  const { database, audit } = deps;
  const { accountId } = actor;
  const about = work.studies.length === 1 ? { study: work.studies[0] as StudyPlace } : {};
  if (asked.dryRun) {
    const plan = await work.plan(database);
    await audit.record(database, [{ actor, action, kind: 'read', outcome: 'success', ...about }]);
    return shownPlan(deps, actor, plan);
  }
  const id = randomUUID();
  try {
    await database.transaction().execute((trx) => begin(deps, trx, actor, action, id, asked, work));
  } catch (error) {
    if (error instanceof ErasureError)
      await audit.record(database, [
        { actor, action, kind: 'delete', outcome: 'refused', ...about, detail: { why: error.code } },
      ]);
    throw error;
  }
  if (action === 'account.erase') deps.closed(accountId);
  deps.wake();
  return shownErasure(deps, accountId, id);
}

async function begin(
  deps: ErasureDeps,
  trx: Trx,
  actor: SignedIn,
  action: Action,
  id: string,
  asked: Asked,
  work: Work,
): Promise<void> {
  const { accountId, userId } = actor;
  const now = deps.now();
  await lockHolds(trx, accountId);
  const tokens = await SearchTokens.within(trx, deps.chains, accountId);
  const ids = work.studies.map(({ studyId }) => studyId);
  const retelling = { chains: deps.chains, tokens, reader: deps.reader };
  // What shares instances with them may have to say something else when they are gone.
  const beside = await packsBeside(trx, accountId, ids);
  const others = beside.map(({ studyId }) => studyId);
  const locked = await lockStudies(trx, retelling, accountId, [...ids, ...others], { patients: true });
  const studies = locked.filter(({ studyId }) => ids.includes(studyId));
  if (studies.length < ids.length) throw changed();
  const plan = await work.plan(trx);
  if ((await holdsInForce(trx, accountId, plan.held, 1)).length > 0) throw await heldBy(trx, accountId, plan.held);
  if (asked.instances !== undefined && asked.instances !== plan.amounts.instances) throw changed();
  const subject = work.erasure(plan);
  const erasure = { seriesIds: null, imageTokens: null, ...subject, id, accountId };
  const isPart = plan.part !== undefined;
  await addErasure(
    trx,
    { ...erasure, ground: asked.ground, askedBy: userId, askedAt: now },
    isPart ? plan.amounts : undefined,
  );
  if (plan.kind === 'account') await close(trx, erasure, now);
  else if (!isPart) {
    await takeOut(trx, deps.chains, erasure, studies, now);
    const packs = beside.map(({ packId }) => packId);
    await putBack(trx, retelling, accountId, packs, locked);
    await markStep(trx, id, 'out_of_sight_at', now);
  }
  await deps.audit.record(trx, recordsOf(actor, action, id, asked, plan, studies));
}

/** Of an account the certificate names nothing else: it may have held a million studies. */
async function close(trx: Trx, { id, accountId }: { id: string; accountId: string }, at: Date): Promise<void> {
  if (!(await closeAccount(trx, accountId, at)))
    throw new ErasureError('ACCOUNT_CLOSED', 'Everything that this account held was erased before.');
  await addGone(trx, id, { packs: 0, subjects: [{ kind: 'account', id: accountId }] });
}

/** One for each study's timeline, which tells nothing that would be lost with its keys, and one for the account's. */
function recordsOf(
  actor: SignedIn,
  action: Action,
  erasure: string,
  { ground }: Asked,
  { kind, amounts }: Plan,
  studies: readonly StudyPlace[],
): AuditEntry[] {
  const base = { actor, action, kind: 'delete', outcome: 'success' } as const;
  return [
    ...studies.map((study) => ({ ...base, study })),
    { ...base, detail: { erasure, what: kind, ground, ...amounts } },
  ];
}

const changed = (): ErasureError =>
  new ErasureError('ERASURE_CHANGED', 'It is not what was looked at any more. Look again at what would be erased.');

async function heldBy(trx: Trx, accountId: string, held: Held): Promise<ErasureError> {
  const { length } = await holdsInForce(trx, accountId, held, 1000);
  const how = length === 1 ? 'A hold stops it' : `${length} holds stop it`;
  return new ErasureError('ERASURE_HELD', `${how}. Nothing was erased. Release what holds it first.`);
}

async function planOfStudies(
  db: Database | Trx,
  kind: 'study' | 'patient',
  studies: readonly StudyPlace[],
): Promise<Plan> {
  const ids = studies.map(({ studyId }) => studyId);
  const patientIds = [...new Set(studies.map(({ patientId }) => patientId))];
  const [first] = studies;
  const patients = first ? await patientsOfNoOther(db, first.accountId, patientIds, ids) : [];
  const amounts = { ...(await amountsOf(db, ids)), patients: patients.length, studies: ids.length };
  return { kind, amounts, links: await countLinksOf(db, ids), left: 0, held: { studyIds: ids, patientIds } };
}

function planOfPart({ studyId, patientId }: StudyPlace, part: Part): Plan {
  const kind = part.wanted.imageTokens.length === 0 ? 'series' : 'instances';
  return {
    kind,
    amounts: part.amounts,
    links: 0,
    left: part.left,
    held: { studyIds: [studyId], patientIds: [patientId] },
    part,
  };
}

async function planOfAccount(db: Database | Trx, accountId: string): Promise<Plan> {
  const { links, ...amounts } = await amountsOfAccount(db, accountId);
  return { kind: 'account', amounts, links, left: 0, held: 'the account' };
}

async function shownPlan(deps: ErasureDeps, actor: SignedIn, plan: Plan): Promise<ErasurePreview> {
  const { kind, amounts, links, left, held } = plan;
  const rows = await holdsInForce(deps.database, actor.accountId, held, holdsShown);
  const ids = held === 'the account' ? [] : held.studyIds;
  const holds = await shownHolds(deps, actor.accountId, rows, await mayReadBeside(deps, actor, rows, ids));
  return { kind, ...amounts, links, left, holds };
}
