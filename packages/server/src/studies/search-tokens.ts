import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { derive, type KeyChains } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { firstIndex, holdSearchIndex, type SearchIndex, searchIndexOf } from './search-index.store.ts';

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

/** The keys of one generation, one per field. */
type Ring = ReadonlyMap<TokenField, KeyObject>;

/** Held as long as the key that they are derived from, which is held briefly. */
const ringsOf = new WeakMap<Uint8Array, Map<number, Promise<Ring>>>();

function ring(account: Uint8Array, generation: number): Promise<Ring> {
  const known = ringsOf.get(account) ?? new Map<number, Promise<Ring>>();
  ringsOf.set(account, known);
  const made = known.get(generation) ?? makeRing(account, generation);
  known.set(generation, made);
  return made;
}

async function makeRing(account: Uint8Array, generation: number): Promise<Ring> {
  const which = generation === 1 ? [] : [String(generation)];
  const keys = fields.map(
    async (field) => [field, createSecretKey(await derive(account, 'search', field, ...which))] as const,
  );
  return new Map(await Promise.all(keys));
}

/** How long what an account is indexed by is not asked for again. What was replaced stands much longer. Milliseconds. */
const trustedMs = 1_000;

const followed = new WeakMap<KeyChains, (accountId: string) => Promise<SearchIndex>>();

/**
 * Says to whoever makes tokens with these chains by which keys each account is indexed. Without it, and in tests that index for
 * themselves, they are the first.
 */
export function followSearchIndexes(chains: KeyChains, database: Database, trustedForMs = trustedMs): void {
  const known = new Map<string, { readonly index: SearchIndex; readonly at: number }>();
  followed.set(chains, async (accountId) => {
    const held = known.get(accountId);
    if (held && performance.now() - held.at < trustedForMs) return held.index;
    const at = performance.now();
    const index = await searchIndexOf(database, accountId);
    if (known.size >= 1000) known.clear();
    known.set(accountId, { index, at });
    return index;
  });
}

/**
 * The blind tokens of one account: the first 64 bits of HMAC-SHA-256 under a key per field and generation. Equal values of one
 * field have equal tokens within an account and a generation, and nowhere else. `docs/formats/search-tokens.md` is the format.
 */
export class SearchTokens {
  readonly #accountId: string;
  readonly #account: Uint8Array;
  #index: SearchIndex = firstIndex;
  #rings: ReadonlyMap<number, Ring> = new Map();
  /** What was asked for already. A group of instances asks for a hundred each, of mostly the same patient, and ends with it. */
  readonly #made = new Map<string, bigint>();

  private constructor(accountId: string, account: Uint8Array) {
    this.#accountId = accountId;
    this.#account = account;
  }

  /** `index`: by which keys, where that was just looked up. */
  static async of(chains: KeyChains, accountId: string, index?: SearchIndex): Promise<SearchTokens> {
    const tokens = new SearchTokens(accountId, await chains.account('identity', accountId));
    await tokens.#follow(index ?? (await followed.get(chains)?.(accountId)) ?? firstIndex);
    return tokens;
  }

  /**
   * The same for who writes, held until the transaction ends. It asks for no other connection: were all of them lent to
   * transactions that each wait for one more, none would ever come.
   */
  static async within(trx: Trx, chains: KeyChains, accountId: string): Promise<SearchTokens> {
    const tokens = new SearchTokens(accountId, await chains.account('identity', accountId));
    await tokens.hold(trx);
    return tokens;
  }

  /** By which tokens a search asks. */
  token(field: TokenField, value: string): bigint {
    return this.#token(this.#index.asked, field, value);
  }

  /** What a row gets: tokens of each generation that is, or will be, asked for. Said by `hold` for the transaction that writes them. */
  written(field: TokenField, value: string): bigint[] {
    return this.#index.written.map((generation) => this.#token(generation, field, value));
  }

  /** Of the first generation, whatever is asked for: for what is never stored, and must be the same on all nodes. */
  first(field: TokenField, value: string): bigint {
    return this.#token(1, field, value);
  }

  /** Of every generation that there ever was, for what was kept by its token longer than the index. */
  ever(field: TokenField, value: string): bigint[] {
    return [...this.#rings.keys()].map((generation) => this.#token(generation, field, value));
  }

  /** As if this were the only generation that is written. */
  only(generation: number): Pick<SearchTokens, 'written'> {
    return { written: (field, value) => [this.#token(generation, field, value)] };
  }

  get generation(): number {
    return this.#index.asked;
  }

  /** Those of which rows may have tokens. */
  get generations(): readonly number[] {
    return [...new Set([this.#index.asked, ...this.#index.written])];
  }

  /** Of which version of the format all rows are. */
  get version(): number {
    return this.#index.version;
  }

  /** From now on to the end of the transaction nobody changes by which keys rows are written; until then it waits. */
  async hold(trx: Trx): Promise<SearchIndex> {
    const index = await holdSearchIndex(trx, this.#accountId);
    await this.#follow(index);
    return index;
  }

  async #follow(index: SearchIndex): Promise<void> {
    const newest = Math.max(index.asked, ...index.written);
    if (this.#rings.size !== newest) {
      const generations = Array.from({ length: newest }, (_, at) => at + 1);
      this.#rings = new Map(
        await Promise.all(generations.map(async (one) => [one, await ring(this.#account, one)] as const)),
      );
    }
    this.#index = index;
  }

  #token(generation: number, field: TokenField, value: string): bigint {
    const name = `${generation} ${field} ${value}`;
    let token = this.#made.get(name);
    if (token === undefined) {
      const hmac = createHmac('sha256', this.#rings.get(generation)?.get(field) as KeyObject);
      token = hmac.update(value).digest().readBigInt64BE(0);
      this.#made.set(name, token);
    }
    return token;
  }
}
