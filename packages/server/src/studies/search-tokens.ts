import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { derive, type KeyChains } from '../keys/index.ts';

export type TokenField =
  | 'studyUid'
  | 'seriesUid'
  | 'sopUid'
  | 'sha256'
  | 'patient'
  | 'patientId'
  | 'accession'
  | 'name'
  | 'date';

const fields: readonly TokenField[] = [
  'studyUid',
  'seriesUid',
  'sopUid',
  'sha256',
  'patient',
  'patientId',
  'accession',
  'name',
  'date',
];

/**
 * The blind tokens of one account: the first 64 bits of HMAC-SHA-256 under a key per field. Equal values of one field
 * have equal tokens within an account and nowhere else. `docs/formats/search-tokens.md` is the format.
 */
export class SearchTokens {
  readonly #keys: ReadonlyMap<TokenField, KeyObject>;
  /** What was asked for already. A group of instances asks for a hundred each, of mostly the same patient, and ends with it. */
  readonly #made = new Map<string, bigint>();
  private constructor(keys: ReadonlyMap<TokenField, KeyObject>) {
    this.#keys = keys;
  }

  static async of(chains: KeyChains, accountId: string): Promise<SearchTokens> {
    const account = await chains.account('identity', accountId);
    const keys = await Promise.all(
      fields.map(async (field) => [field, createSecretKey(await derive(account, 'search', field))] as const),
    );
    return new SearchTokens(new Map(keys));
  }

  token(field: TokenField, value: string): bigint {
    const name = `${field} ${value}`;
    let token = this.#made.get(name);
    if (token === undefined) {
      const hmac = createHmac('sha256', this.#keys.get(field) as KeyObject);
      token = hmac.update(value).digest().readBigInt64BE(0);
      this.#made.set(name, token);
    }
    return token;
  }
}
