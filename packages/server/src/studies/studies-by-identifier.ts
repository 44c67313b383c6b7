import { valuesOf } from './attributes.ts';
import type { OpenStudy } from './find-in-study.ts';
import { placeOf } from './open-study.ts';
import type { StudiesDeps } from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import { studiesWithTokens } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

/** One exact identifier of a patient or of a study. `issuer`: of the patient id; without one, of any. */
export type Identifier =
  | { readonly patientId: string; readonly issuer?: string | undefined }
  | { readonly accessionNumber: string }
  | { readonly studyInstanceUid: string };

function tokenOf(tokens: SearchTokens, by: Identifier): bigint {
  if ('patientId' in by) return tokens.token('patientId', by.patientId);
  if ('accessionNumber' in by) return tokens.token('accession', by.accessionNumber);
  return tokens.token('studyUid', by.studyInstanceUid);
}

/** Whether the study has it, of its own patient or of another whom its instances name. */
function has({ cell: { attributes, others } }: OpenStudy, by: Identifier): boolean {
  if ('accessionNumber' in by) return valuesOf(attributes, '00080050').includes(by.accessionNumber);
  if ('studyInstanceUid' in by) return valuesOf(attributes, '0020000D').includes(by.studyInstanceUid);
  const { patientId, issuer } = by;
  return [attributes, ...others].some(
    (patient) =>
      valuesOf(patient, '00100020').includes(patientId) &&
      (issuer === undefined || valuesOf(patient, '00100021').includes(issuer)),
  );
}

/**
 * The studies of an account that have exactly this identifier, the newest arrival first: at most `most`, and whether there
 * are more. Asks nobody's permission. Tokens nominate, the opened cell decides.
 */
export async function studiesByIdentifier(
  deps: Pick<StudiesDeps, 'database' | 'chains'>,
  accountId: string,
  by: Identifier,
  most: number,
): Promise<{ readonly found: readonly OpenStudy[]; readonly more: boolean }> {
  const token = tokenOf(await SearchTokens.of(deps.chains, accountId), by);
  const cells = new StudyCells(deps.chains);
  // The oldest comes first from there.
  const rows = (await studiesWithTokens(deps.database, accountId, [token]))
    .filter(({ instanceCount }) => instanceCount > 0)
    .reverse();
  const found: OpenStudy[] = [];
  for (const row of rows) {
    const place = placeOf(row);
    const study = { row, place, cell: await cells.openStudy(place, row.cell), only: undefined };
    if (!has(study, by)) continue;
    if (found.length === most) return { found, more: true };
    found.push(study);
  }
  return { found, more: false };
}
