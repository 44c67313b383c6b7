import { type RawBuilder, sql } from 'kysely';

/** PostgreSQL's spelling of an array of bigint. */
export function tokenArray(tokens: readonly bigint[]): string {
  return `{${tokens.join(',')}}`;
}

/** Tokens as rows `wanted(token)`, each to be looked up by an index. */
export const wantedTokens = (tokens: readonly bigint[]): RawBuilder<unknown> =>
  sql`unnest(${tokenArray(tokens)}::bigint[]) as wanted(token)`;

/**
 * The same of a single one, as every reading asks for. Of `unnest` of a parameter the planner takes it that it gives ten rows, and where it
 * knows the array, how many they are: what is planned once then looks dearer than what is planned for its values, and PostgreSQL plans it
 * anew each time, which takes twice as long as to run it. What has an offset stays as it is: nobody looks into it for the value.
 */
export const wantedToken = (token: string): RawBuilder<unknown> =>
  sql`(select ${token}::bigint as token offset 0) as wanted`;
