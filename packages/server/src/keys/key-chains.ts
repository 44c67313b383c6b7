import { randomUUID } from 'node:crypto';
import { context, deriveKey, unwrapKey, wrapKey } from '@symbolon/vault';
import { KeyCache } from './key-cache.ts';
import { accountKeyName, contextOf } from './key-contexts.ts';
import { type KeyService, versionOf } from './key-service.ts';
import { type Chain, chains, type Found, type KeyKind, type KeyStore, type Wrap } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { nodePrimitives } from './primitives.ts';

/**
 * Whose study it is: the ids that lead from the account's key to the study's. `keyId` names the keys of its halves: the
 * study's own id until it was sealed anew under others. Its audit key never changes its name.
 */
export type StudyPlace = {
  readonly accountId: string;
  readonly patientId: string;
  readonly studyId: string;
  readonly keyId: string;
};
type PatientPlace = Pick<StudyPlace, 'accountId' | 'patientId'>;

/** A study that is new, of this patient. */
export function newStudy({ accountId, patientId }: PatientPlace): StudyPlace {
  const studyId = randomUUID();
  return { accountId, patientId, studyId, keyId: studyId };
}

/** The chains that hold what was sent. */
export const dataChains = ['identity', 'image'] as const;

/** By which id the key store has the key of a study in a chain. */
const studyKeyId = (chain: Chain, { studyId, keyId }: Pick<StudyPlace, 'studyId' | 'keyId'>): string =>
  chain === 'audit' ? studyId : keyId;

/** A patient's key, and which of them it is. */
type Wrapping = { readonly key: Uint8Array; readonly generation: number };

const noSalt = new Uint8Array(0);

/** Rotations that go on meanwhile may overtake a piece of work, but hardly twice. */
const maxTries = 5;

/**
 * The three chains: root (key service) → account key (key service) → patient key → study key, random and wrapped;
 * series and pack keys are derived from the study's. What is sealed with a patient's own key hangs from a key of its own
 * under the patient's, so that this one can be replaced without sealing anything anew.
 */
export class KeyChains {
  readonly #service: KeyService;
  readonly #store: KeyStore;
  readonly #cache: KeyCache;
  readonly #patients: KeyCache<Wrapping>;
  readonly #now: () => Date;
  readonly #cacheMs: number | undefined;

  constructor(service: KeyService, store: KeyStore, now: () => Date, cacheMs?: number) {
    this.#service = service;
    this.#store = store;
    this.#now = now;
    this.#cacheMs = cacheMs;
    this.#cache = new KeyCache(now, cacheMs);
    this.#patients = new KeyCache(now, cacheMs);
  }

  /** Makes an account's keys: one per chain in the key service, and under it the account's own random one. */
  async addAccount(accountId: string): Promise<void> {
    const wraps: Wrap[] = [];
    for (const chain of chains) {
      await this.#service.generate(accountKeyName(chain, accountId), 'wrapping');
      wraps.push(await this.#underAccount(chain, 'account', accountId, accountId, nodePrimitives.random(32)));
    }
    await this.#store.add(wraps);
  }

  /**
   * Makes the keys of new patients and new studies, in one durable write.
   * A patient's keys must exist, or be among `patients`, before a study's under it.
   */
  async add(patients: readonly PatientPlace[], studies: readonly StudyPlace[]): Promise<void> {
    if (patients.length + studies.length === 0) return;
    await this.#overtaken(async () => {
      const wraps: Wrap[] = [];
      const fresh: [string, Uint8Array][] = [];
      const ofThese = new Map<string, Wrapping>();
      for (const { accountId, patientId } of patients) {
        for (const chain of chains) {
          const key = nodePrimitives.random(32);
          ofThese.set(`${chain}/${patientId}`, { key, generation: 1 });
          wraps.push(await this.#underAccount(chain, 'patient', accountId, patientId, key));
        }
        const wrapping = ofThese.get(`identity/${patientId}`) as Wrapping;
        const own = nodePrimitives.random(32);
        fresh.push([`identity/patient-cell/${patientId}`, own]);
        wraps.push(
          await this.#underPatient('identity', 'patient-cell', { accountId, patientId }, patientId, wrapping, own),
        );
      }
      for (const study of studies) {
        // One that is sealed anew keeps its audit key.
        for (const chain of study.keyId === study.studyId ? chains : dataChains) {
          const key = nodePrimitives.random(32);
          const wrapping = ofThese.get(`${chain}/${study.patientId}`) ?? (await this.#patient(chain, study));
          const id = studyKeyId(chain, study);
          fresh.push([`${chain}/study/${id}`, key]);
          wraps.push(await this.#underPatient(chain, 'study', study, id, wrapping, key));
        }
      }
      await this.#store.add(wraps).catch((error: unknown) => {
        // What is held of those patients is no longer theirs.
        for (const { patientId } of studies) for (const chain of chains) this.#patients.delete(`${chain}/${patientId}`);
        throw error;
      });
      for (const [name, key] of fresh) this.#cache.set(name, key);
      for (const [name, wrapping] of ofThese) this.#patients.set(name, wrapping);
    });
  }

  /** Puts fresh random keys in the place of an account's own: what was sealed or tokenised under the old ones is lost. */
  async renewAccount(accountId: string): Promise<void> {
    await this.#overtaken(async () => {
      const replacements = [];
      for (const chain of chains) {
        const { wrap: was } = await this.#find(chain, 'account', accountId, accountId);
        const now = await this.#underAccount(chain, 'account', accountId, accountId, nodePrimitives.random(32));
        replacements.push({ was, now: { ...now, generation: was.generation + 1 } });
      }
      if (!(await this.#store.replace(replacements)))
        throw new KeysError('KEY_SUPERSEDED', `the keys of account ${accountId} were rotated meanwhile`);
    });
    this.forget([accountId]);
  }

  /** Makes the keys that a study is to be sealed anew under; its place with them. */
  async renewStudy(study: StudyPlace): Promise<StudyPlace> {
    const renewed = { ...study, keyId: randomUUID() };
    await this.add([], [renewed]);
    return renewed;
  }

  /** Takes back what `renewStudy` made, where nothing was sealed under it. */
  async withdraw({ keyId, patientId }: StudyPlace): Promise<void> {
    await this.#store.remove(
      dataChains.map((chain) => ({ chain, kind: 'study' as const, family: patientId, id: keyId })),
    );
    this.forget([keyId]);
  }

  account(chain: Chain, accountId: string): Promise<Uint8Array> {
    return this.#cached(`${chain}/account/${accountId}`, async () => {
      const { wrap } = await this.#find(chain, 'account', accountId, accountId);
      return this.#unwrapByService({ ...wrap, accountId });
    });
  }

  /** The patient's own key: what their cell is sealed with. */
  patient(chain: 'identity', accountId: string, patientId: string): Promise<Uint8Array> {
    return this.#cached(`${chain}/patient-cell/${patientId}`, () =>
      this.#unwrapByPatient(chain, 'patient-cell', { accountId, patientId }, patientId),
    );
  }

  async study(chain: Chain, place: StudyPlace): Promise<Uint8Array> {
    const id = studyKeyId(chain, place);
    const name = `${chain}/study/${id}`;
    return this.#cache.get(name) ?? this.#cached(name, () => this.#unwrapByPatient(chain, 'study', place, id));
  }

  /** Gives up what is held of keys that were destroyed; `ids` of patients, studies and their keys. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) {
      for (const chain of chains) {
        for (const kind of ['study', 'patient-cell', 'account']) this.#cache.delete(`${chain}/${kind}/${id}`);
        this.#patients.delete(`${chain}/${id}`);
      }
    }
  }

  /** A place for what was derived from these keys: it is kept no longer than they are. */
  besideKeys<T>(maxEntries: number): KeyCache<T> {
    return new KeyCache<T>(this.#now, this.#cacheMs, maxEntries);
  }

  async series(chain: Chain, place: StudyPlace, seriesId: string): Promise<Uint8Array> {
    return derive(await this.study(chain, place), 'series', chain, seriesId);
  }

  async pack(chain: Chain, place: StudyPlace, seriesId: string, packId: string): Promise<Uint8Array> {
    return derive(await this.series(chain, place, seriesId), 'pack', chain, packId);
  }

  async #cached(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const key = await this.#overtaken(make);
    this.#cache.set(name, key);
    return key;
  }

  /** Once more where a rotation replaced, between two looks, what the first look found. */
  async #overtaken<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const overtaken =
          error instanceof KeysError && (error.code === 'KEY_SUPERSEDED' || error.code === 'KEY_DESTROYED');
        if (!overtaken || tries === maxTries) throw error;
      }
    }
  }

  async #find(chain: Chain, kind: KeyKind, family: string, id: string): Promise<Found> {
    const found = await this.#store.find({ chain, kind, family, id });
    if (!found) throw new KeysError('KEY_MISSING', `the key store has no ${chain} key of ${kind} ${id}`);
    return found;
  }

  async #patient(chain: Chain, { accountId, patientId }: PatientPlace): Promise<Wrapping> {
    const held = this.#patients.get(`${chain}/${patientId}`);
    if (held) return held;
    const { wrap } = await this.#find(chain, 'patient', patientId, patientId);
    return this.#unwrapPatient({ ...wrap, accountId });
  }

  async #unwrapPatient(wrap: Wrap): Promise<Wrapping> {
    const wrapping = { key: await this.#unwrapByService(wrap), generation: wrap.generation };
    this.#patients.set(`${wrap.chain}/${wrap.id}`, wrapping);
    return wrapping;
  }

  async #unwrapByPatient(chain: Chain, kind: KeyKind, place: PatientPlace, id: string): Promise<Uint8Array> {
    const { accountId, patientId } = place;
    const { wrap, above } = await this.#find(chain, kind, patientId, id);
    const held = this.#patients.get(`${chain}/${patientId}`);
    let wrapping = held;
    if (held?.generation !== wrap.under) {
      if (!above) throw new KeysError('KEY_MISSING', `the key store has no ${chain} key of patient ${patientId}`);
      wrapping = await this.#unwrapPatient({ ...above, accountId });
    }
    return unwrapKey(nodePrimitives, (wrapping as Wrapping).key, wrap.wrapped, contextOf({ ...wrap, accountId }));
  }

  #unwrapByService(wrap: Wrap): Promise<Uint8Array> {
    return this.#service.unwrap(accountKeyName(wrap.chain, wrap.accountId), wrap.wrapped, contextOf(wrap));
  }

  async #underAccount(
    chain: Chain,
    kind: 'account' | 'patient',
    accountId: string,
    id: string,
    key: Uint8Array,
  ): Promise<Wrap> {
    const name = { chain, kind, family: id, id, accountId };
    const wrapped = await this.#service.wrap(accountKeyName(chain, accountId), key, contextOf(name));
    return { ...name, generation: 1, under: versionOf(wrapped).version, wrapped, madeAt: this.#now() };
  }

  async #underPatient(
    chain: Chain,
    kind: 'patient-cell' | 'study',
    { accountId, patientId }: PatientPlace,
    id: string,
    wrapping: Wrapping,
    key: Uint8Array,
  ): Promise<Wrap> {
    const name = { chain, kind, family: patientId, id, accountId };
    const wrapped = await wrapKey(nodePrimitives, wrapping.key, key, contextOf(name));
    return { ...name, generation: 1, under: wrapping.generation, wrapped, madeAt: this.#now() };
  }
}

/** A key for one purpose. What it is derived from never seals anything itself. */
export function derive(key: Uint8Array, ...purpose: readonly string[]): Promise<Uint8Array> {
  return deriveKey(nodePrimitives, key, noSalt, context('derive', ...purpose));
}
