import { type Swift, startSwift } from '../peers/swift.ts';
import { type OwnPostgres, postgres15, startOwnPostgres } from './own-postgres.ts';

export type NetworkedStores = {
  /** Settings of an exchange whose images lie in Swift and whose rows lie in a PostgreSQL 15 of its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly swift: Swift;
  readonly postgres: OwnPostgres;
  dispose(): Promise<void>;
};

/** Starts OpenStack Swift and Debian's PostgreSQL 15, for one exchange. */
export async function startNetworkedStores(): Promise<NetworkedStores> {
  const [swift, postgres] = await Promise.all([startSwift(), startOwnPostgres(postgres15.command)]);
  const dispose = async (): Promise<void> => {
    await Promise.all([swift.dispose(), postgres.dispose()]);
  };
  try {
    await swift.makeBucket('symbolon');
    await swift.makeBucket('symbolon-identity');
  } catch (error) {
    await dispose();
    throw error;
  }
  const env = {
    ...swift.credentials,
    DATABASE_URL: postgres.address,
    SYMBOLON_BLOBS: `s3:${swift.endpoint}/symbolon?path-style=true`,
    // A bucket for each half; this one is shared with others, below a prefix.
    SYMBOLON_IDENTITY_BLOBS: `s3:${swift.endpoint}/symbolon-identity/of/the-tests`,
  };
  return { env, swift, postgres, dispose };
}

/**
 * Whether the exchanges of these tests stand on folders, as they do by themselves: with SYMBOLON_TEST_STORES=s3 they stand on
 * OpenStack Swift and PostgreSQL 15, where a test does not say otherwise. A drill runs most of the tests of the exchange on both.
 */
export const standsOnFolders = process.env.SYMBOLON_TEST_STORES !== 's3';

/** Tests that look into the folders of an exchange; where it stands on none they are none. */
export function onFolders(tests: () => void): void {
  if (standsOnFolders) tests();
}
