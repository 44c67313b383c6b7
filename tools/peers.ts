/**
 * Programs by other hands that our tests are held against, from Debian.
 *
 * `node tools/peers.ts` installs the missing ones where that can be done; `npm test` does the same by `installPeers`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

export type Peer = { readonly package: string; readonly wantedBy: string };

export const peers: readonly Peer[] = [
  { package: 'dcmtk', wantedBy: 'parser, DIMSE and pixel tests: dcmdump, storescu, storescp, findscu, dcmdjpeg' },
  { package: 'dicom3tools', wantedBy: 'conformance of what we write: dciodvfy, dcdump' },
  { package: 'python3-pydicom', wantedBy: 'parser and DICOM JSON tests: a second reading, and its test files' },
  { package: 'python3-numpy', wantedBy: 'pydicom, which needs it to decode pixel data' },
  { package: 'libgdcm-tools', wantedBy: 'pixel tests: a third decoder, and its gdcmconv' },
  { package: 'python3-gdcm', wantedBy: 'pixel tests: pydicom decodes JPEG, JPEG-LS and JPEG 2000 with it' },
  { package: 'python3-lxml', wantedBy: 'capabilities of the DICOMweb root: a WADL document held against a DTD' },
  { package: 'python3-cryptography', wantedBy: 'vault tests: sealed streams opened by another library' },
  { package: 'python3-zstandard', wantedBy: 'vault tests: packs decompressed by the independent reader' },
  { package: 'jq', wantedBy: 'certificates of erasure: verified by hand, as the page of the format says' },
  { package: 'oathtool', wantedBy: 'tests of second factors: the codes of an authenticator app' },
  { package: 'openssl', wantedBy: 'tests of TLS, and the stand-in exchange of the testbed: openssl' },
  { package: 'strace', wantedBy: 'tests of the blob store: the order of its fsyncs, and faults injected into them' },
  { package: 'e2fsprogs', wantedBy: 'tests of a power cut: mkfs.ext4, for a disk that forgets what was not synced' },
  { package: 'postgresql-15', wantedBy: 'the exchange: its embedded database, and every test of the server' },
  { package: 'swift-proxy', wantedBy: 'stores behind S3: OpenStack Swift, which the tests start in a folder' },
  { package: 'swift-account', wantedBy: 'stores behind S3' },
  { package: 'swift-container', wantedBy: 'stores behind S3' },
  { package: 'swift-object', wantedBy: 'stores behind S3' },
  { package: 'memcached', wantedBy: 'stores behind S3: Swift remembers in it what it looked up' },
  { package: 'exim4-daemon-light', wantedBy: 'mails: a real SMTP server, which the tests start in a folder' },
  {
    package: 'orthanc',
    wantedBy: 'DICOMweb: another server, which sends to the exchange, queries it and retrieves from it',
  },
  { package: 'orthanc-dicomweb', wantedBy: 'DICOMweb: the plugin by which Orthanc speaks it' },
  { package: 'chromium', wantedBy: 'journeys: the web app in a real browser' },
  { package: 'fonts-dejavu-core', wantedBy: 'journeys: text as wide as people see it, Latin to Arabic' },
  { package: 'fonts-noto-cjk', wantedBy: 'journeys: names in Chinese, Japanese and Korean that are not boxes' },
];

export type Installed = { readonly installed: readonly string[]; readonly missing: readonly string[] };

/** Installs what is missing when root on a machine with apt-get; otherwise says what is missing, and why it matters. */
export function installPeers({ log }: { readonly log: (line: string) => void }): Installed {
  const missing = missingPeers();
  if (missing.length === 0) return { installed: [], missing: [] };
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) {
    log('These Debian packages are missing; the tests that want them are skipped:');
    for (const peer of missing) log(`  ${peer.package}  (${peer.wantedBy})`);
    log(`To install them: sudo apt-get install ${missing.map((peer) => peer.package).join(' ')}`);
    return { installed: [], missing: missing.map((peer) => peer.package) };
  }
  log(`Installing what the tests are held against: ${missing.map((peer) => peer.package).join(' ')} ...`);
  const postgres = missing.some((peer) => peer.package === 'postgresql-15');
  if (postgres) forbidMainCluster();
  const options = ['-y', '-qq', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold'];
  const problem = withoutServices(
    () =>
      run('apt-get', ['update', '-qq']) ??
      run('apt-get', ['install', ...options, ...missing.map((peer) => peer.package)]),
  );
  if (problem) log(problem);
  if (postgres) stopMainCluster();
  if (missing.some((peer) => peer.package === 'orthanc')) notAtStart('orthanc');
  const still = missingPeers().map((peer) => peer.package);
  for (const name of still) log(`Still missing: ${name}`);
  return { installed: missing.map((peer) => peer.package).filter((name) => !still.includes(name)), missing: still };
}

function missingPeers(): Peer[] {
  const said = spawnSync('dpkg', ['-s', ...peers.map((peer) => peer.package)], { encoding: 'utf8' }).stdout ?? '';
  const present = said.matchAll(/^Package: (\S+)\nStatus: install ok installed$/gm);
  const names = new Set([...present].map((match) => match[1]));
  return peers.filter((peer) => !names.has(peer.package));
}

function run(command: string, args: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' };
  const done = spawnSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) return undefined;
  return `${command} ${args.join(' ')} failed: ${done.error?.message ?? done.stderr.trim()}`;
}

const servicePolicy = '/usr/sbin/policy-rc.d';

/** Memcached and Swift's servers would be started at once: we want their programs only. An administrator's own policy stands. */
function withoutServices<T>(install: () => T): T {
  if (existsSync(servicePolicy)) return install();
  writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(servicePolicy, { force: true });
  }
}

/** Orthanc's service listens on every address, for whoever speaks DICOM: what we installed does not start with the machine. */
function notAtStart(service: string): void {
  spawnSync('update-rc.d', [service, 'disable']);
}

const clusterConfig = '/etc/postgresql-common/createcluster.conf';

/** Debian's package starts a server on port 5432; we want its programs only. An administrator's own choice stands. */
function forbidMainCluster(): void {
  if (existsSync(clusterConfig)) return;
  mkdirSync('/etc/postgresql-common', { recursive: true });
  writeFileSync(clusterConfig, 'create_main_cluster = false\n');
}

/** Where the configuration was there already, a cluster may have been made: it was not before us, so it need not run. */
function stopMainCluster(): void {
  if (existsSync('/var/lib/postgresql/15/main')) spawnSync('pg_ctlcluster', ['15', 'main', 'stop', '-m', 'fast']);
}

if (import.meta.main) {
  const { missing } = installPeers({ log: (line) => console.log(line) });
  if (missing.length > 0) process.exitCode = 1;
  else console.log('Every peer is here.');
}
