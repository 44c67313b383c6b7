import { join } from 'node:path';
import { KeyChains } from './key-chains.ts';
import type { KeyService } from './key-service.ts';
import { KeyStore } from './key-store.store.ts';
import { localKeyring } from './local-keyring.ts';

export type Keys = {
  readonly service: KeyService;
  readonly chains: KeyChains;
  readonly made: boolean;
  readonly close: () => void;
};

/** The signing key's name by which receipts are signed. */
export const receiptKeyName = 'exchange/signing/receipts';

/** Opens the keys folder, and makes what a first start needs. */
export async function openKeys(folder: string, now: () => Date): Promise<Keys> {
  const { service, made, close } = await localKeyring(folder, now);
  const store = new KeyStore(join(folder, 'key-store.sqlite'));
  await service.generate(receiptKeyName, 'signing');
  return {
    service,
    chains: new KeyChains(service, store, now),
    made,
    close() {
      store.close();
      close();
    },
  };
}
