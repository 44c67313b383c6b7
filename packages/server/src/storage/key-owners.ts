import type { KeyOwner } from './sweep.ts';

type Named = { readonly kind: string; readonly id: string; readonly madeAt: Date };

/** Whose keys these are, without the keys; one page may name an owner once for each chain. */
export async function* ownersOfKeys(pages: AsyncIterable<readonly Named[]>): AsyncGenerator<readonly KeyOwner[]> {
  for await (const page of pages)
    yield page.flatMap(({ kind, id, madeAt }) =>
      kind === 'patient' || kind === 'study' ? [{ kind, id, madeAt } as const] : [],
    );
}
