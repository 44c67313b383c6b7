import { context, deriveKey, unwrapKey, wrapKey } from '@symbolon/vault';
import { KeyCache } from './key-cache.ts';
import { type KeyService, KeysError } from './key-service.ts';
import type { Chain, KeyKind, KeyStore, WrapRow } from './key-store.store.ts';
import { nodePrimitives } from './primitives.ts';

const chains: readonly Chain[] = ['identity', 'image', 'audit'];

/** Whose study it is: the two ids that lead from the account's key to the study's. */
export type StudyPlace = { readonly accountId: string; readonly patientId: string; readonly studyId: string };

const noSalt = new Uint8Array(0);

/**
 * The three chains: root (key service) → account key (key service) → patient key → study key, random and wrapped;
 * series and pack keys are derived from the study's.
 */
export class KeyChains {
  readonly #service: KeyService;
  readonly #store: KeyStore;
  readonly #cache: KeyCache;
  readonly #now: () => Date;

  constructor(service: KeyService, store: KeyStore, now: () => Date) {
    this.#service = service;
    this.#store = store;
    this.#now = now;
    this.#cache = new KeyCache(now);
  }

  /** Makes an account's keys: one per chain in the key service, and under it the account's own random one. */
  async addAccount(accountId: string): Promise<void> {
    const rows: WrapRow[] = [];
    for (const chain of chains) {
      await this.#service.generate(`${chain}/account/${accountId}`, 'wrapping');
      rows.push(await this.#wrappedByService(chain, 'account', accountId, accountId, nodePrimitives.random(32)));
    }
    this.#store.add(rows, this.#now());
  }

  /**
   * Makes the keys of new patients and new studies, in one durable write.
   * A patient's keys must exist, or be among `patients`, before a study's under it.
   */
  async add(
    patients: readonly { accountId: string; patientId: string }[],
    studies: readonly StudyPlace[],
  ): Promise<void> {
    if (patients.length + studies.length === 0) return;
    const rows: WrapRow[] = [];
    const fresh: [string, Uint8Array][] = [];
    for (const { accountId, patientId } of patients) {
      for (const chain of chains) {
        const key = nodePrimitives.random(32);
        fresh.push([`${chain}/patient/${patientId}`, key]);
        rows.push(await this.#wrappedByService(chain, 'patient', accountId, patientId, key));
      }
    }
    const keyOfPatient = new Map(fresh);
    for (const { accountId, patientId, studyId } of studies) {
      for (const chain of chains) {
        const key = nodePrimitives.random(32);
        const wrapping =
          keyOfPatient.get(`${chain}/patient/${patientId}`) ?? (await this.patient(chain, accountId, patientId));
        const where = context('wrap', chain, 'study', accountId, patientId, studyId);
        fresh.push([`${chain}/study/${studyId}`, key]);
        rows.push({ chain, kind: 'study', id: studyId, wrapped: await wrapKey(nodePrimitives, wrapping, key, where) });
      }
    }
    this.#store.add(rows, this.#now());
    for (const [name, key] of fresh) this.#cache.set(name, key);
  }

  account(chain: Chain, accountId: string): Promise<Uint8Array> {
    return this.#unwrappedByService(chain, 'account', accountId, accountId);
  }

  patient(chain: Chain, accountId: string, patientId: string): Promise<Uint8Array> {
    return this.#unwrappedByService(chain, 'patient', accountId, patientId);
  }

  async study(chain: Chain, { accountId, patientId, studyId }: StudyPlace): Promise<Uint8Array> {
    const name = `${chain}/study/${studyId}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const wrapped = this.#find(chain, 'study', studyId);
    const where = context('wrap', chain, 'study', accountId, patientId, studyId);
    const key = await unwrapKey(nodePrimitives, await this.patient(chain, accountId, patientId), wrapped, where);
    this.#cache.set(name, key);
    return key;
  }

  async series(chain: Chain, place: StudyPlace, seriesId: string): Promise<Uint8Array> {
    return derive(await this.study(chain, place), 'series', chain, seriesId);
  }

  async pack(chain: Chain, place: StudyPlace, seriesId: string, packId: string): Promise<Uint8Array> {
    return derive(await this.series(chain, place, seriesId), 'pack', chain, packId);
  }

  #find(chain: Chain, kind: KeyKind, id: string): Uint8Array {
    const wrapped = this.#store.find(chain, kind, id);
    if (!wrapped) throw new KeysError('KEY_MISSING', `the key store has no ${chain} key of ${kind} ${id}`);
    return wrapped;
  }

  async #wrappedByService(
    chain: Chain,
    kind: KeyKind,
    accountId: string,
    id: string,
    key: Uint8Array,
  ): Promise<WrapRow> {
    const where = context('wrap', chain, kind, accountId, id);
    return { chain, kind, id, wrapped: await this.#service.wrap(`${chain}/account/${accountId}`, key, where) };
  }

  async #unwrappedByService(chain: Chain, kind: KeyKind, accountId: string, id: string): Promise<Uint8Array> {
    const name = `${chain}/${kind}/${id}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const where = context('wrap', chain, kind, accountId, id);
    const key = await this.#service.unwrap(`${chain}/account/${accountId}`, this.#find(chain, kind, id), where);
    this.#cache.set(name, key);
    return key;
  }
}

/** A key for one purpose. What it is derived from never seals anything itself. */
export function derive(key: Uint8Array, ...purpose: readonly string[]): Promise<Uint8Array> {
  return deriveKey(nodePrimitives, key, noSalt, context('derive', ...purpose));
}
