import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type TestContext, test } from 'vitest';

export type PeerState = { readonly available: boolean; readonly path?: string };

/** Debian keeps PostgreSQL's server programs where no PATH leads. */
const besidesPath = ['/usr/lib/postgresql/15/bin', '/usr/sbin'];

/** Whether a program by another hand is here. `debianPackage` brings it, and is in `tools/peers.ts`. */
export function requirePeer(command: string, _debianPackage: string): PeerState {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...besidesPath];
  const candidates = isAbsolute(command) ? [command] : folders.map((folder) => join(folder, command));
  const path = candidates.find(isProgram);
  return path === undefined ? { available: false } : { available: true, path };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export type Peer = {
  /** A name to look up, or an absolute path where another program of that name may come first in PATH. */
  readonly command: string;
  /** Debian's package, or several parted by spaces. */
  readonly package: string;
  /** Arguments with which the command must succeed for the peer to count as here: `['-c', 'import pydicom']`. */
  readonly probe?: readonly string[];
};

function probed(peer: Peer): PeerState {
  const found = requirePeer(peer.command, peer.package);
  return found.path && peer.probe && spawnSync(found.path, peer.probe).status !== 0 ? { available: false } : found;
}

/**
 * Whether a file of tests against a peer is to be run, for `describe.skipIf`. On CI it is run in any case, and fails where
 * the peer is missing.
 */
export function peerIsHere(peer: Peer): boolean {
  return process.env.CI === 'true' || probed(peer).available;
}

/**
 * A test against a program by another hand. Where that program is missing the test is skipped and its title says which
 * package to install; on CI (`CI=true`) it fails, so that nobody takes a run without peers for a full one.
 */
export function peerTest(
  name: string,
  peer: Peer,
  body: (path: string, context: TestContext) => void | Promise<void>,
  timeoutMs?: number,
): void {
  const found = probed(peer);
  const title = `${name} (${peer.command})`;
  if (found.available) {
    test(title, (context) => body(found.path!, context), timeoutMs);
  } else if (process.env.CI === 'true') {
    test(title, () => {
      throw new Error(`${peer.command} is missing: install Debian's ${peer.package} (node tools/peers.ts)`);
    });
  } else {
    test.skip(`${name} (skipped: ${peer.command} is missing, install Debian's ${peer.package})`, () => {});
  }
}
