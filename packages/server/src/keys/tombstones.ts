import { dataChains } from './key-chains.ts';
import { chains, type Tombstone, type WrapName } from './key-store.ts';

/** What the event of a tombstone is called; its own id is that of what was erased, so that there is one of each. */
export const erased = 'erasure';

export function tombstoneOf(row: {
  readonly id: string;
  readonly at: Date;
  readonly accountId: string;
  readonly detail: Readonly<Record<string, unknown>>;
}): Tombstone {
  const { detail, ...facts } = row;
  const { kind, family, erasure } = detail as { kind: Tombstone['kind']; family: string; erasure: string };
  return { ...facts, kind, family, erasureId: erasure };
}

/** The keys that a tombstone says are gone. An account's are replaced, not removed: its log goes on. */
export function keysOf({ kind, id, family }: Tombstone): WrapName[] {
  switch (kind) {
    case 'study':
      return chains.map((chain) => ({ chain, kind: 'study', family, id }));
    case 'study-data':
      return dataChains.map((chain) => ({ chain, kind: 'study', family, id }));
    case 'patient':
      return [
        ...chains.map((chain): WrapName => ({ chain, kind: 'patient', family, id })),
        { chain: 'identity', kind: 'patient-cell', family, id },
      ];
    case 'account':
      return [];
  }
}
