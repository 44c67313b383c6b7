/** One directory record while its DICOMDIR is being written: where what follows its links is kept, and what hangs on it. */
export type KeptRecord = {
  readonly kept: Uint8Array;
  readonly from: number;
  readonly length: number;
  below: Entity | undefined;
  next: KeptRecord | undefined;
  /** Its offset in the DICOMDIR, once that is laid out. */
  start: number;
};

/** A directory entity: records in the order in which they came, those above instances also by what tells them apart. */
export type Entity = { readonly records: KeptRecord[]; readonly byKey: Map<string, KeptRecord> };

export const newEntity = (): Entity => ({ records: [], byKey: new Map() });

/** Bodies are kept in slabs of this size: an array of its own costs each as much again as what is in it. */
const slabBytes = 64 * 1024;

/** Keeps bodies of records by copying them; nothing that they were made of is held. */
export class RecordBodies {
  #slab = new Uint8Array(0);
  #used = 0;

  keep(body: Uint8Array): KeptRecord {
    const { length } = body;
    const rest = { length, below: undefined, next: undefined, start: 0 };
    // A long one has its own: what is left of a slab is never thrown away for it.
    if (length > slabBytes / 8) return { kept: body.slice(), from: 0, ...rest };
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    const from = this.#used;
    this.#slab.set(body, from);
    this.#used += length;
    return { kept: this.#slab, from, ...rest };
  }
}

/** Puts a record behind those that an entity has. */
export function append(entity: Entity, record: KeptRecord): void {
  const last = entity.records.at(-1);
  if (last !== undefined) last.next = record;
  entity.records.push(record);
}
