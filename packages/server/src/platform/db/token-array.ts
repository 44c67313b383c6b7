/** PostgreSQL's spelling of an array of bigint. */
export function tokenArray(tokens: readonly bigint[]): string {
  return `{${tokens.join(',')}}`;
}
