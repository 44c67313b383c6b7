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
    const digest = createHmac('sha256', this.#keys.get(field) as KeyObject)
      .update(value)
      .digest();
    return digest.readBigInt64BE(0);
  }
}
