import { pages, type Role } from '@symbolon/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { routesOfTheApp } from '../laws/routes-of-the-app.ts';
import { attacks } from './attacks.ts';
import { apart, tellingTimes } from './foreign-as-absent.ts';
import { type Asker, askers, type Place, places, readMatrix } from './matrix.ts';
import { type About, changing as changingStudies, type Road, reading } from './roads.ts';
import { changingPeople, readingPeople } from './roads-to-people.ts';
import { agent, furnish, type Setting } from './setting.ts';
import { walk } from './walk.ts';

const matrix = readMatrix();
/** Of people last: some of them are removed at the end. */
const changing = { ...changingStudies, ...changingPeople };
const roads: Readonly<Record<string, Road>> = {
  ...Object.fromEntries(
    Object.values(pages).map((page): [string, Road] => [
      `GET ${page}`,
      () => ({ path: page.replace(/:\w+/, '00000000-0000-4000-8000-000000000000') }),
    ]),
  ),
  ...reading,
  ...readingPeople,
  ...changing,
};

let here: Setting;
let routes: readonly string[];
beforeAll(async () => {
  routes = await routesOfTheApp();
  here = await furnish();
});
afterAll(() => here?.dispose());

/** By which an asker proves who they are. Who came by a link shows its cookie wherever they go. */
function proofOf(asker: Asker): Question {
  if (asker === 'nobody') return {};
  if (asker !== 'visitor') return { token: here.people[asker].token };
  return { headers: { cookie: here.studyAt('member', 'own').cookie, 'sec-fetch-site': 'same-origin' } };
}

/** Whose things are meant where the asker has none. */
const roleOf = (asker: Asker): Role => (asker === 'nobody' || asker === 'visitor' ? 'member' : asker);

type Asked = { readonly about: About; readonly answer: Answer; readonly outcome: string };

async function askAs(asker: Asker, road: Road, place: Place): Promise<Asked> {
  const role = roleOf(asker);
  const about = { here, study: here.studyAt(role, place), role, place };
  const { path, shows = () => true, ...question } = road(about);
  const { headers, ...proof } = proofOf(asker);
  const headersOfBoth = { ...question.headers, ...headers };
  const answer = await ask(here.exchange, path, { agent, ...question, ...proof, headers: headersOfBoth });
  const outcome = answer.status >= 300 ? String(answer.status) : shows(answer) ? 'ok' : 'none';
  return { about, answer, outcome };
}

test('every route of the exchange has a line for everybody who may ask', () => {
  const known = Map.groupBy(matrix, ({ route }) => route);
  expect(routes.filter((route) => !known.has(route) || !(route in roads))).toEqual([]);
  for (const [route, lines] of known)
    expect({ route, who: lines.map(({ asker }) => asker) }).toEqual({ route, who: askers });
});

/** Asks all that the table has of these routes. Gives where the answer is another, and where it tells foreign from absent. */
async function differences(some: readonly string[], atOnce: number): Promise<string[]> {
  const lines = some.flatMap((route) => matrix.filter((line) => line.route === route)).values();
  const found: string[] = [];
  const work = async () => {
    for (const { route, asker, expected } of lines) {
      const answers = new Map<Place, Asked>();
      for (const place of places) {
        if (expected[place] === '-') continue;
        const asked = await askAs(asker, roads[route] as Road, place);
        answers.set(place, asked);
        const { outcome, answer } = asked;
        if (outcome !== expected[place])
          found.push(`${route} ${asker} ${place}: ${outcome}, not ${expected[place]}: ${answer.body.subarray(0, 300)}`);
      }
      const absent = answers.get('absent');
      for (const [place, asked] of answers)
        if (absent && expected[place] !== 'ok' && expected[place] === expected.absent)
          found.push(
            ...apart(asked, absent).map((what) => `${route} ${asker} ${place} is told from what is absent by ${what}`),
          );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found.sort();
}

const present = (of: object): string[] => Object.keys(of).filter((route) => routes.includes(route));

test('what reads answers as the table says, and of what is not reached exactly as of what is absent', async () => {
  expect(
    await differences(
      routes.filter((route) => !(route in changing)),
      6,
    ),
  ).toEqual([]);
}, 120_000);

test.each([
  ['a study by its id', 'GET /api/v1/studies/:studyId'],
  ['a study by its UID', 'GET /dicomweb/studies/:study/series'],
  ['a link', 'GET /api/v1/links/:linkId/uses'],
])(
  'what is not reached takes as long as what is absent: %s',
  async (_, route) => {
    expect(
      await tellingTimes(async (place) => (await askAs('member', roads[route] as Road, place)).answer.status),
    ).toEqual([]);
  },
  60_000,
);

attacks(
  () => here,
  roads,
  () => routes,
);

walk(() => here);

test('what changes something answers as the table says, and of what is not reached exactly as of what is absent', async () => {
  expect(await differences(present(changing), 1)).toEqual([]);
}, 120_000);
