import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clauses } from '../conformance/dicomweb/clauses/all-clauses.ts';
import { orthancPeer, orthancVersion, peerIsHere, startOrthanc } from '../packages/testbed/src/index.ts';

/*
 * The checks of `conformance/dicomweb/clauses`, held against this exchange and against Orthanc with its DICOMweb plugin, side by
 * side in `docs/conformance/dicomweb-clauses.md`: `node tools/dicomweb-columns.ts`. Needs Debian's `orthanc-dicomweb`.
 */
const target = new URL('../docs/conformance/dicomweb-clauses.md', import.meta.url);

type Report = {
  testResults: { assertionResults: { fullName: string; title: string; status: string; ancestorTitles: string[] }[] }[];
};

/** Which checks hold, by clause and sentence. */
function run(environment: Readonly<Record<string, string>>): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sx-columns-'));
  try {
    const file = join(folder, 'report.json');
    const options = ['run', 'conformance/dicomweb/clauses', '--reporter', 'json', '--outputFile', file];
    spawnSync('vitest', options, { stdio: 'inherit', env: { ...process.env, ...environment } });
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const held = all.filter(({ status }) => status === 'passed');
    return new Set(held.map(({ ancestorTitles, title }) => `${ancestorTitles[0]} ${title}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!peerIsHere(orthancPeer)) {
  console.error('Orthanc is not here: apt-get install orthanc-dicomweb');
  process.exit(1);
}
const orthanc = await startOrthanc();
const theirs = run({ DICOMWEB_URL: orthanc.dicomWebUrl, DICOMWEB_URI_URL: new URL('/wado', orthanc.dicomWebUrl).href });
await orthanc.dispose();
const ours = run({ DICOMWEB_URL: '' });

const mark = (holds: boolean): string => (holds ? 'yes' : '–');
const lines = clauses.flatMap(({ clause, title, checks }) => {
  const name = `§${clause} ${title}`;
  const rows = checks.map(({ says, unlike }) => {
    const key = `${name} ${says}`;
    const here = unlike === undefined ? mark(ours.has(key)) : `–: ${unlike}`;
    return `| ${says.replaceAll('|', '\\|')} | ${here} | ${mark(theirs.has(key))} |`;
  });
  const count = (held: ReadonlySet<string>, of = checks): number =>
    of.filter(({ says }) => held.has(`${name} ${says}`)).length;
  // What is known to be otherwise here passes as a test for being so.
  const here = count(
    ours,
    checks.filter(({ unlike }) => unlike === undefined),
  );
  const sum = `| **of ${checks.length}** | **${here}** | **${count(theirs)}** |`;
  return [`## ${name}`, `| check | Symbolon | Orthanc ${orthancVersion()} |`, '|---|---|---|', ...rows, sum, ''];
});
const head = `# DICOMweb, clause by clause

What is asked of a DICOMweb root from outside, by \`conformance/dicomweb/clauses\`, and who does it. Each line is one black-box check
over HTTP(S) with nothing but PS3.18 in mind; where its editions differ, either answer counts. Where the exchange does otherwise, the line says why. Orthanc is Debian's, with its DICOMweb plugin and default settings.
To hold the checks against any other root: \`DICOMWEB_URL=https://… DICOMWEB_HEADER='Authorization: Bearer …' npx vitest run conformance/dicomweb/clauses\`,
with \`DICOMWEB_URI_URL=https://…\` where WADO-URI is not at \`/wado\` below it (it stores small studies of invented patients there). This page is written by \`node tools/dicomweb-columns.ts\`.
`;
writeFileSync(target, `${[head, ...lines].join('\n').trimEnd()}\n`);
