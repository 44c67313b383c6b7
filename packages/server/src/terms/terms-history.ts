import type { TermsAcceptancesAnswer, TermsVersionsAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { csvLine } from '../platform/http/csv-line.ts';
import {
  type Acceptance,
  type AcceptancePosition,
  acceptancesOf,
  countOf,
  termsOf,
  versionsOf,
} from './terms.store.ts';
import { sha256Of, type TermsDeps } from './terms.ts';

export const recordLook = ({ looks }: TermsDeps, actor: SignedIn) =>
  looks.record({ actor, action: 'terms.view', kind: 'read', outcome: 'success' });

/** Every version, and how many people accepted it. */
export async function termsVersions(
  deps: TermsDeps,
  actor: SignedIn,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<TermsVersionsAnswer> {
  await recordLook(deps, actor);
  const { database } = deps;
  const found = await versionsOf(database, actor.accountId, { before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const holds = await termsOf(database, actor.accountId);
  return {
    versions: page.map(({ version, text, createdAt, createdBy, accepted }) => ({
      ...{ version, createdBy, accepted },
      sha256: sha256Of(text),
      empty: text === '',
      createdAt: createdAt.toISOString(),
    })),
    next: found.length > limit ? (page.at(-1)?.version ?? null) : null,
    ...(await countOf(database, actor.accountId, holds?.version ?? 0)),
  };
}

const positionOf = (text: string | undefined): AcceptancePosition | undefined => {
  const found = /^(\d{1,15})_([0-9a-f-]{36})_(\d{1,9})$/.exec(text ?? '');
  if (found === null) return undefined;
  return { acceptedAt: new Date(Number(found[1])), userId: found[2] as string, version: Number(found[3]) };
};

const named = ({ acceptedAt, userId, version }: AcceptancePosition): string =>
  `${acceptedAt.getTime()}_${userId}_${version}`;

/** Who accepted which version and when. */
export async function termsAcceptances(
  deps: TermsDeps,
  actor: SignedIn,
  {
    version,
    before,
    limit,
  }: { readonly version?: number | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<TermsAcceptancesAnswer> {
  await recordLook(deps, actor);
  const asked = { version, before: positionOf(before), limit: limit + 1 };
  const found = await acceptancesOf(deps.database, actor.accountId, asked);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    acceptances: page.map((one) => ({ ...one, acceptedAt: one.acceptedAt.toISOString() })),
    next: found.length > limit && last !== undefined ? named(last) : null,
  };
}

const header = ['accepted at', 'version', 'who', 'e-mail address', 'address', 'user id'];
const rowsPerPage = 500;

const lineOf = ({ acceptedAt, version, name, email, address, userId }: Acceptance): string =>
  csvLine([acceptedAt.toISOString(), String(version), name, email ?? '', address, userId]);

/** The same as CSV, page by page as the receiver takes it; the mark at the start says UTF-8 to Excel. */
export async function* termsAcceptancesCsv(
  deps: TermsDeps,
  { accountId }: SignedIn,
  version: number | undefined,
): AsyncGenerator<string> {
  yield `\ufeff${csvLine(header)}`;
  for (let before: AcceptancePosition | undefined; ; ) {
    const found = await acceptancesOf(deps.database, accountId, { version, before, limit: rowsPerPage });
    yield found.map(lineOf).join('');
    before = found.at(-1);
    if (found.length < rowsPerPage) return;
  }
}
