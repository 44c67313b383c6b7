import { unwrapKey } from '@symbolon/vault';
import { accountKeyName, contextOf } from './key-contexts.ts';
import type { KeyService } from './key-service.ts';
import type { Wrap } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { nodePrimitives } from './primitives.ts';

/**
 * Opens every key of a copy with the key service that comes with it: what does not open now would not open after a
 * disaster. Families follow each other, each patient's key before what hangs from it.
 *
 * @throws KeysError KEYS_BACKUP_DAMAGED  one does not open
 */
export async function* opened(
  pages: AsyncIterable<readonly Wrap[]>,
  service: Pick<KeyService, 'unwrap'>,
): AsyncGenerator<readonly Wrap[]> {
  const patients = new Map<
    string,
    { readonly family: string; readonly generation: number; readonly key: Uint8Array }
  >();
  for await (const page of pages) {
    for (const wrap of page) {
      try {
        const name = accountKeyName(wrap.chain, wrap.accountId);
        if (wrap.kind === 'account' || wrap.kind === 'patient') {
          const key = await service.unwrap(name, wrap.wrapped, contextOf(wrap));
          if (wrap.kind === 'patient')
            patients.set(wrap.chain, { family: wrap.family, generation: wrap.generation, key });
          continue;
        }
        const above = patients.get(wrap.chain);
        if (above?.family !== wrap.family || above.generation !== wrap.under) throw new Error('another patient');
        await unwrapKey(nodePrimitives, above.key, wrap.wrapped, contextOf(wrap));
      } catch (cause) {
        throw new KeysError('KEYS_BACKUP_DAMAGED', `the ${wrap.chain} key of ${wrap.kind} ${wrap.id} does not open`, {
          cause,
        });
      }
    }
    await new Promise((next) => setImmediate(next));
    yield page;
  }
}
